"""Conducts a release or a rollback for the person, or the pipeline, at the command line."""

import functools
import getpass
import os
import secrets
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import click

from infra.deployment import Deployment
from infra.display import Display
from infra.errors import InfraError
from infra.exits import DONE, NOT_SO
from infra.functions import KINDS
from infra.releases import moves, pruning, rollback
from infra.releases.alarms import Alarms
from infra.releases.canary import Canary, CanarySettings, RefutedError
from infra.releases.functions import Functions, TakenOverError
from infra.releases.marks import LONGEST_BY
from infra.releases.moves import Move
from infra.releases.rollback import Rollback

_FINISH = "`python -m infra release --rollback` finishes that"


def regions_of(deployment: Deployment) -> list[Functions]:
    """Return the functions of both regions in the order of a release: the standby's first."""
    names = (deployment.standby.name, deployment.primary.name)
    return [Functions(deployment.stack, name) for name in names]


@dataclass(frozen=True)
class Conduct:
    """What holds for the whole of it.

    Attributes:
        display: where progress is shown.
        regions: the functions of both regions, the standby's first.
        settings: how carefully.
        keep: how many versions of each function to keep.
        despite_alarms: whether to release although an alarm is on.
    """

    display: Display
    regions: Sequence[Functions]
    settings: CanarySettings
    keep: int
    despite_alarms: bool

    def require_possible(self) -> None:
        """Refuse before anything is applied what would be refused after it.

        Raises:
            InfraError: another release has not ended, or an alarm is on.
        """
        moves.require_settled(r.alias(kind) for r in self.regions for kind in KINDS)
        self._alarms_that_are_on()

    def choose(self, kinds: Iterable[str], *, again: bool) -> list[Move]:
        """Return what there is to release, and show it.

        Raises:
            InfraError: another release has not ended; or this was rolled back and again is not set.
        """
        moves.require_settled(r.alias(kind) for r in self.regions for kind in KINDS)
        chosen = moves.to_newest(self.regions, kinds, _now(), _whoever())
        if not again:
            moves.require_not_rolled_back(chosen)
        return self._shown(chosen)

    def unfinished(self) -> list[Move]:
        """Return what is left of a release that stopped half-way, as ours from now on."""
        return self._shown(moves.under_way(self.regions, KINDS, _whoever()))

    def backwards(self, kinds: Iterable[str], code: str | None) -> Rollback:
        """Return what there is to take back, the primary region's first."""
        back = rollback.plan(self.regions[::-1], kinds, code, _now(), _whoever())
        for problem in back.problems:
            click.echo(f"CAN'T {problem}", err=True)
        if not back.moves:
            raise InfraError("nobody can be taken back to another version")
        for move in back.moves:
            click.echo(f"  {move.alias}: {move.alias.version} back to {move.mark.old}")
        return back

    def release(self, chosen: Sequence[Move]) -> int:
        """Release; return the exit status.

        Raises:
            InfraError: an alarm is on, and nothing was begun.
        """
        known = self._alarms_that_are_on()
        canary = Canary(
            chosen,
            self.settings,
            self._alarms,
            known,
            note=self.display.note,
            update=self.display.update,
        )
        try:
            with self.display.step("release: the standby region, then the primary"):
                canary.run()
        except TakenOverError as error:
            click.echo(f"NOT RELEASED by this run: {error}", err=True)
            return NOT_SO
        except (RefutedError, InfraError) as error:
            return self._refuted(canary, error)
        except KeyboardInterrupt:
            click.echo(
                "the release stopped half-way, and clients stay where they are: `python -m infra "
                "release --resume` goes on with it, `--rollback` takes it back",
                err=True,
            )
            raise
        self._prune(chosen)
        click.echo("released")
        return DONE

    def take_back(self, back: Rollback, why: str) -> int:
        """Take clients back; return the exit status."""
        wake = not all(move.mark.under_way for move in back.moves)
        problems = rollback.take_back(back.moves, why, self.display.note, wake=wake)
        for problem in problems:
            click.echo(f"NOT TAKEN BACK {problem}", err=True)
        if problems or back.problems:
            click.echo("some clients are still where they were: run it again", err=True)
            return NOT_SO
        click.echo("rolled back")
        return DONE

    def _refuted(self, canary: Canary, reason: Exception) -> int:
        self.display.note(f"taking clients back: {reason}")
        problems = rollback.take_back(
            canary.moves[::-1], str(reason), self.display.note, wake=False
        )
        for problem in problems:
            click.echo(f"NOT TAKEN BACK {problem}; {_FINISH}", err=True)
        click.echo(f"ROLLED BACK {reason}", err=True)
        return NOT_SO

    @functools.cached_property
    def _alarms(self) -> list[Alarms]:
        return [Alarms(functions.stack, functions.region) for functions in self.regions]

    def _alarms_that_are_on(self) -> frozenset[str]:
        on = frozenset[str]().union(*(alarms.on() for alarms in self._alarms))
        if on and not self.despite_alarms:
            raise InfraError(
                f"{', '.join(sorted(on))} is on, so a release could not be judged: see to that "
                "first, or release its fix with --despite-alarms"
            )
        return on

    def _prune(self, chosen: Iterable[Move]) -> None:
        kinds = sorted({move.alias.kind for move in chosen})
        for problem in pruning.prune(self.regions, kinds, self.keep):
            self.display.note(f"an old version is left: {problem}")

    def _shown(self, chosen: list[Move]) -> list[Move]:
        for move in chosen:
            click.echo(f"  {move}")
        return chosen


def _now() -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


def _whoever() -> str:
    """Return who drives this run, and no other: two of one person's are told apart by the end."""
    run = os.environ.get("GITHUB_RUN_ID")
    who = f"github-run-{run}" if run else f"{getpass.getuser()}@{socket.gethostname()}"
    return f"{who[: LONGEST_BY - 5]}/{secrets.token_hex(2)}"
