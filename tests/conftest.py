"""Shared by the tests: one emulator for all that need a real table or a real API."""

import signal
from collections.abc import Iterator

import pytest

from infra.rehearsal import emulator as emulators

# A shell's background job ignores Ctrl-C, and so would every command that a test starts and ends.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def emulator() -> Iterator[emulators.Emulator]:
    """One running emulator for the whole session; tests keep apart by their resources' names."""
    with emulators.running() as running:
        yield running
