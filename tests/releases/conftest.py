"""One stack a test, in the emulator that all tests share."""

import functools
from collections.abc import Callable

import pytest

from infra.rehearsal.emulator import Emulator
from infra.releases.canary import Canary
from tests.emulator.cloud import reach
from tests.releases.account import REGIONS, Account


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
        happens[region]()
        bake(self, region)

    monkeypatch.setattr(Canary, "_bake", baked)
    return happens
