"""Shared by the tests: one emulator for all that need a real table or a real API."""

from collections.abc import Iterator

import pytest

from infra.rehearsal import emulator as emulators


@pytest.fixture(scope="session")
def emulator() -> Iterator[emulators.Emulator]:
    """One running emulator for the whole session; tests keep apart by their resources' names."""
    with emulators.running() as running:
        yield running
