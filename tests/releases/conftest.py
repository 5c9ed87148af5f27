"""One stack a test, in the emulator that all tests share."""

import functools
import time
from collections.abc import Callable

import pytest

from infra.rehearsal.emulator import Emulator
from infra.releases.canary import Canary
from tests.emulator.cloud import reach
from tests.releases.account import REGIONS, Account

# Seconds: longer than it takes to put some numbers and to begin a canary.
_CLOSE = 3.0


@pytest.fixture
def account(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Account:
    """A stack of which version 1 serves everywhere, and which this process's clients reach."""
    reach(emulator, monkeypatch)
    monkeypatch.delenv("GITHUB_RUN_ID", raising=False)
    return Account(emulator)


@pytest.fixture
def canaries(account: Account, monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], None]]:
    """By region, what happens as its canary has got its share: requests, none of which fails."""
    happens: dict[str, Callable[[], None]] = {
        region: functools.partial(account.well, region) for region in REGIONS
    }
    bake = Canary._bake  # noqa: SLF001 -- the one place where it has just begun

    def baked(self: Canary, region: str) -> None:
        assert {"2": 0.1} in account.shares()
        _let_a_minute_end()
        happens[region]()
        bake(self, region)

    monkeypatch.setattr(Canary, "_bake", baked)
    return happens


def _let_a_minute_end() -> None:
    """Wait for the next minute if this is nearly over.

    A canary goes by the minutes since it began: what came before, in another one, is not its own.
    """
    left = 60 - time.time() % 60
    if left < _CLOSE:
        time.sleep(left)
