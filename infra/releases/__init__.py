"""Moves clients from one version of the functions to another, and back, by Lambda's aliases.

All that a release must remember stands in the aliases themselves: there is no file, no state and no
lock table that could be lost, be stale or be out of reach when a region is.
"""
