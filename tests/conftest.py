"""Shared by the tests: an emulator, a deployment in one, and in what order tests run."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from infra.display import Display
from infra.rehearsal import emulator as emulators
from infra.rehearsal.deploy import Deployed, applied
from tests.checkouts import copy_checkout, leave_out_the_firewall

TESTS = Path(__file__).parent
# Where tests deploy, or run Terraform otherwise.
_MINUTES_LONG = ("end_to_end", "delivery", "terraform", "deployed")

# A shell's background job ignores Ctrl-C, and so would every command that a test starts and ends.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep on one process what shares a deployment, and begin with what takes longest.

    A file's tests are kept together, or what a mark names, as pytest-xdist's loadgroup has it. What
    is short comes last, so that no process is left with minutes of work when the others have none.
    """
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(name=_group_of(item)))
    items.sort(key=_is_short)


def _group_of(item: pytest.Item) -> str:
    shared = "operated"
    return shared if shared in getattr(item, "fixturenames", ()) else item.location[0]


def _is_short(item: pytest.Item) -> bool:
    return item.path.relative_to(TESTS).parts[0] not in _MINUTES_LONG


@pytest.fixture(scope="session")
def emulator() -> Iterator[emulators.Emulator]:
    """One running emulator for the whole session; tests keep apart by their resources' names."""
    with emulators.running() as running:
        yield running


@dataclass(frozen=True)
class Operated:
    """A deployment of the project, for tests that leave it as it was but for its items.

    Attributes:
        root: the copy of the project that was packaged and applied.
        deployed: what Terraform created.
        emulator: where.
    """

    root: Path
    deployed: Deployed
    emulator: emulators.Emulator


@pytest.fixture(scope="session")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    """One deployment for all tests that ask for it, which are kept on one process."""
    folder = tmp_path_factory.mktemp("operated")
    root, scratch = folder / "project", folder / "scratch"
    root.mkdir()
    scratch.mkdir()
    copy_checkout(root)
    leave_out_the_firewall(root)
    with emulators.running() as emulator, emulators.watched(emulator):
        deployed = applied(root, emulator, scratch, Display(Console(quiet=True)))
        yield Operated(root, deployed, emulator)
