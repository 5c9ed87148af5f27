"""Tests of what delivers the stack: bootstrap, state, workflows, pins."""
