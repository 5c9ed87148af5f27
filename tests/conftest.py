"""Shared by the tests: one emulator for all that need a real table or a real API."""

import signal
from collections.abc import Iterator

import pytest

from infra.rehearsal import emulator as emulators

# A shell's background job ignores Ctrl-C, and so would every command that a test starts and ends.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep on one process what shares a deployment: a file's tests, or what a mark names.

    As pytest-xdist's loadgroup has it.
    """
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(name=item.location[0]))


@pytest.fixture(scope="session")
def emulator() -> Iterator[emulators.Emulator]:
    """One running emulator for the whole session; tests keep apart by their resources' names."""
    with emulators.running() as running:
        yield running
