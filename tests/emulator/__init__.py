"""Tests of the repairs to the emulator."""
