"""Takes clients back to a version that is kept, with nothing but Lambda's aliases.

A region that can't be reached keeps nobody in the other one waiting: it is named, and tried again
by the same command.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from infra.errors import InfraError
from infra.functions import KINDS
from infra.releases import moves, probes
from infra.releases.functions import Alias, Functions
from infra.releases.marks import Mark, Step
from infra.releases.moves import Move

# Lambda puts a version aside after two weeks without a request, and brings it back, when asked,
# within minutes: https://docs.aws.amazon.com/lambda/latest/dg/snapstart-troubleshooting.html
_WAKE_SECONDS = 300


@dataclass(frozen=True)
class Rollback:
    """What is to be taken back.

    Attributes:
        moves: each alias, and as its mark says the version `old` that it goes back to.
        problems: what could not be found out, in words.
    """

    moves: Sequence[Move]
    problems: Sequence[str]


def plan(
    regions: Iterable[Functions], kinds: Iterable[str], code: str | None, release: str, by: str
) -> Rollback:
    """Find out what to take back: a release that has not ended, or else to what was before.

    Args:
        regions: the regions, the one that serves first.
        kinds: which functions, if no release is under way.
        code: how the code of the version to go back to begins; None for the version before.
        release: the name of this rollback, which is a release of an old version.
        by: who does it.
    """
    problems: list[str] = []
    found: list[tuple[Functions, Alias]] = []
    for functions in regions:
        try:
            found += [(functions, functions.alias(kind)) for kind in KINDS]
        except InfraError as error:
            problems.append(str(error))
    half_way = moves.unfinished([alias for _, alias in found])
    planned = []
    wanted = tuple(kinds)
    for functions, alias in found:
        if (alias not in half_way) if half_way else (alias.kind not in wanted):
            continue
        try:
            planned.append(_move(functions, alias, code, release, by))
        except InfraError as error:
            problems.append(str(error))
    return Rollback(planned, problems)


def _move(functions: Functions, alias: Alias, code: str | None, release: str, by: str) -> Move:
    mark = alias.mark
    if code is None and mark is not None and mark.under_way:
        return Move(functions, alias, mark)
    if code is None and alias.weights:  # given by hand, so that nothing served before but this
        return Move(
            functions,
            alias,
            Mark(Step.ROLLED_BACK, alias.version, max(alias.weights, key=int), release, by),
        )
    old = moves.back(alias, functions.versions(alias.kind), code)
    return Move(functions, alias, Mark(Step.ROLLED_BACK, old, alias.version, release, by))


def take_back(
    planned: Iterable[Move], why: str, update: Callable[[str], None], *, wake: bool
) -> list[str]:
    """Take clients back; return what could not be done, in words.

    Args:
        planned: what to take back, the most urgent first.
        why: why, for those who look at the alias later.
        update: called with a line about what is going on.
        wake: whether the old version may have been without requests for long.
    """
    problems = []
    for move in planned:
        try:
            if wake:
                _wake(move, update)
            _move_at_once(move, move.mark.at(Step.ROLLED_BACK, why))
        except InfraError as error:
            problems.append(str(error))
        else:
            update(f"{move.alias} serves version {move.mark.old}")
    return problems


def _move_at_once(move: Move, mark: Mark) -> None:
    """Take an alias back, and its clients before as much is ready as there was of the other one.

    Where there was provisioned concurrency, Lambda would keep them where they are until then, by a
    weight that it sets itself; an update of the weights alone ends that.
    https://github.com/hashicorp/terraform-provider-aws/pull/48116
    """
    functions = move.functions
    functions.move(move.alias, mark.old, {}, mark, force=True)
    found = functions.alias(move.alias.kind)
    if found.weights and str(found.mark) == str(mark):
        functions.move(found, mark.old, {}, mark, force=True)


def _wake(move: Move, update: Callable[[str], None]) -> None:
    deadline = time.monotonic() + _WAKE_SECONDS
    kind, number = move.alias.kind, move.mark.old
    while True:
        state = move.functions.version(kind, number).state
        if state == "Active":
            return
        if state == "Failed" or time.monotonic() > deadline:
            raise InfraError(
                f"version {number} of {move.alias} is {state}, so nobody was moved to it: name "
                "another with --to"
            )
        update(f"version {number} of {move.alias} is {state}, and wakes when it is asked")
        probes.wake(move.functions, kind, number)
        time.sleep(1)
