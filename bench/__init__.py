"""Measures what the functions cost: their start, their requests, and what grows with the table.

Nothing here ships, and nothing gates on a time: times are compared within one run, on one machine.
"""
