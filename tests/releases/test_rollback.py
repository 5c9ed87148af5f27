"""A rollback to a version that Lambda has put aside, which only AWS does."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.errors import InfraError
from infra.releases import rollback
from infra.releases.functions import Alias, Functions, Reply, Version
from infra.releases.marks import Mark, Step
from infra.releases.moves import Move

MARK = Mark(Step.ROLLED_BACK, "3", "4", "20261125T031500Z", "ann@host/1f3a")
ALIAS = Alias("read", "us-east-1", "4", {}, None, "any")


class Aside(Functions):
    """A region whose version 3 is in one state after another, and does not answer until Active."""

    def after(self, *states: str) -> "Aside":
        vars(self)["states"] = iter(states)
        vars(self)["told"] = []
        return self

    @property
    def told(self) -> list[str]:
        """What was done, in its order."""
        return vars(self)["told"]  # type: ignore[no-any-return] # of vars

    def version(self, kind: str, number: str) -> Version:
        states: Iterator[str] = vars(self)["states"]
        return Version(number, "c0de", datetime.now(UTC), next(states), kind)

    def invoke(self, kind: str, qualifier: str, event: Mapping[str, Any]) -> Reply:
        assert event["httpMethod"] == "GET"
        self.told.append(f"asked {kind} {qualifier}")
        raise InfraError("SnapStartNotReadyException")

    def alias(self, kind: str) -> Alias:
        return replace(ALIAS, kind=kind)

    def move(
        self, alias: Alias, version: str, weights: Mapping[str, float], mark: Mark, *, force: bool
    ) -> Alias:
        assert force
        assert not weights
        self.told.append(f"moved {alias.kind} to {version}: {mark.step}")
        return alias


def take_back(functions: Aside, *, wake: bool = True) -> list[str]:
    return rollback.take_back([Move(functions, ALIAS, MARK)], "any", lambda _: None, wake=wake)


@pytest.fixture
def aside(monkeypatch: pytest.MonkeyPatch) -> Aside:
    monkeypatch.setattr("time.sleep", lambda _: None)
    return Aside("any", "us-east-1")


def test_it_is_woken_before_anybody_is_moved_to_it(aside: Aside) -> None:
    assert take_back(aside.after("Inactive", "Pending", "Active")) == []
    assert aside.told == ["asked read 3", "asked read 3", "moved read to 3: rolled back"]


def test_one_that_is_there_is_moved_to_at_once(aside: Aside) -> None:
    assert take_back(aside.after("Active")) == []
    assert aside.told == ["moved read to 3: rolled back"]


def test_nobody_is_moved_to_one_that_cant_start(aside: Aside) -> None:
    [problem] = take_back(aside.after("Failed"))
    assert "version 3 of read in us-east-1 is Failed, so nobody was moved to it" in problem
    assert aside.told == []


def test_a_release_under_way_goes_back_without_a_look(aside: Aside) -> None:
    assert take_back(aside.after(), wake=False) == []
    assert aside.told == ["moved read to 3: rolled back"]
