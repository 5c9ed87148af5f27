"""Tests of what packages, deploys, measures and reports."""
