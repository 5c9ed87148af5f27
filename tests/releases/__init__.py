"""Tests of releases: on two regions' functions in the emulator, and of what needs none."""
