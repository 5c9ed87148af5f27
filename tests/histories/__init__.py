"""Hostile histories: faults over minutes, on a clock that costs no time."""
