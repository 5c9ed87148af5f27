"""What a drill changes, against the real APIs of the emulator, and what is noted of it before."""

import errno
import json
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from infra.deployment import Deployment
from infra.drill.change import Change, ReservedConcurrency, Withdrawal, from_document
from infra.drill.journal import Journal
from infra.errors import InfraError
from infra.operations.switch import Switch
from infra.rehearsal.emulator import Emulator
from tests.emulator.cloud import Cloud, reach

REGION = "us-east-1"


@pytest.fixture
def cloud(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """The emulator, which this process's own clients reach too."""
    reach(emulator, monkeypatch)
    return Cloud(emulator.endpoint)


def reserved(cloud: Cloud, function: str) -> int | None:
    found = cloud.functions.get_function_concurrency(FunctionName=function)
    return found.get("ReservedConcurrentExecutions")


@pytest.mark.parametrize("before", [None, 0, 7])
def test_reserved_concurrency_becomes_0_and_what_it_was(cloud: Cloud, before: int | None) -> None:
    function = cloud.silent_function()
    if before is not None:
        cloud.functions.put_function_concurrency(
            FunctionName=function, ReservedConcurrentExecutions=before
        )
    change = ReservedConcurrency.of(REGION, function)
    assert change.before == before
    change.make()
    assert reserved(cloud, function) == 0
    # By whoever reads the journal, and twice.
    for _ in range(2):
        from_document(json.loads(json.dumps(change.document()))).undo()
        assert reserved(cloud, function) == before


def test_the_switch_is_put_back_in_a_period_of_its_own(cloud: Cloud) -> None:
    del cloud
    stack = f"s{uuid4().hex[:8]}"
    names = Deployment.from_names(stack, "a.test", REGION, "us-west-2").primary.its_switch
    paused: list[float] = []
    change = Withdrawal(names, pause=paused.append)
    change.make()
    assert Switch(names).position().withdrawn
    change.undo()
    # In the minute of the failover a 1 beats a 0, so another follows in the next.
    [seconds] = paused
    assert 1 <= seconds <= 61
    assert from_document(json.loads(json.dumps(change.document()))) == change


def test_a_function_that_is_not_there_is_named_with_what_is_needed(cloud: Cloud) -> None:
    del cloud
    with pytest.raises(InfraError, match=r"GetFunctionConcurrency in us-east-1 failed: .*nothere"):
        ReservedConcurrency.of(REGION, "nothere")


class Failing:
    """A change that AWS refuses to undo for a while."""

    made_by = "make"
    undone_by = "undo"

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.undone = 0

    def make(self) -> None:
        """Make nothing."""

    def undo(self) -> None:
        if self.refusals:
            self.refusals -= 1
            raise InfraError("Lambda can't be reached")
        self.undone += 1

    def document(self) -> dict[str, Any]:
        return ReservedConcurrency(REGION, "one-read", 5).document()


def begun(folder: Path, change: Change | None = None) -> Journal:
    journal = Journal.of(folder, "one")
    journal.begin(change or Failing(0))
    return journal


def test_what_is_to_be_undone_is_on_disk_before_it_is_done(tmp_path: Path) -> None:
    journal = begun(tmp_path / "deployments")
    assert journal.open
    assert journal.change() == ReservedConcurrency(REGION, "one-read", 5)
    assert "lambda:PutFunctionConcurrency one-read = 5 in us-east-1 undoes it" in journal.describe()


def test_a_second_drill_is_refused_while_the_first_is_to_be_undone(tmp_path: Path) -> None:
    begun(tmp_path)
    with pytest.raises(InfraError, match=r"one\.drill is there: a drill was begun by process"):
        begun(tmp_path)


def test_what_cant_be_noted_is_not_done(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InfraError, match="so nothing was changed"):
        begun(tmp_path / "file")


def test_what_is_noted_by_half_is_not_done_and_stands_in_nobodys_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(InfraError, match="No space left on device"):
            begun(tmp_path)
    assert begun(tmp_path).open


def test_undoing_is_tried_until_aws_does_it(tmp_path: Path) -> None:
    change = Failing(refusals=3)
    journal, told, paused = begun(tmp_path, change), list[str](), list[float]()
    journal.undo(told.append, change, pause=paused.append)
    assert (change.undone, len(paused)) == (1, 3)
    assert told == [*["not undone yet, trying again: Lambda can't be reached"] * 3, "undone: undo"]
    assert not journal.open


def test_what_cant_be_undone_stays_noted_and_is_told_loudly(tmp_path: Path) -> None:
    change = Failing(refusals=99)
    journal = begun(tmp_path, change)
    with pytest.raises(InfraError, match=r"THE FAULT IS STILL THERE: .*drill --undo"):
        journal.undo(lambda _: None, change, patience=0)
    assert journal.open


def test_what_is_closed_is_undone_no_more(tmp_path: Path) -> None:
    change = Failing(0)
    journal = begun(tmp_path, change)
    for _ in range(2):
        journal.undo(lambda _: None, change)
    assert change.undone == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "can't be read"),
        ("{}", "is no journal of a drill that is known here"),
        ('{"format": 2}', "is no journal of a drill that is known here"),
        ('{"format": 1, "change": {"what": "moon"}}', "is damaged .* undo by hand"),
    ],
)
def test_a_journal_that_cant_be_followed_is_refused(text: str, said: str, tmp_path: Path) -> None:
    journal = Journal.of(tmp_path, "one")
    journal.path.write_text(text)
    with pytest.raises(InfraError, match=said):
        journal.undo(lambda _: None)
    assert journal.open
