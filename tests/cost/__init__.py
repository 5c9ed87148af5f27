"""Tests of what a deployment is said to cost."""
