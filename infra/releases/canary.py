"""One release: each region in turn gives the new versions a share, watches, and promotes them."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from infra.errors import InfraError
from infra.releases import probes, verdict
from infra.releases.alarms import Alarms
from infra.releases.functions import TakenOverError
from infra.releases.marks import Step
from infra.releases.moves import Move, by_region
from infra.releases.samples import Sample, Samples
from infra.releases.verdict import Limits

# Lambda publishes a metric a minute, and CloudWatch shows it within another.
_SETTLE = timedelta(seconds=120)
_LOOK_EVERY = timedelta(seconds=15)
# A version starts within minutes, or never: SnapStart takes its picture first.
_START_LIMIT = timedelta(minutes=15)
# CloudWatch may fail to answer for so long before a canary that nobody can watch is ended.
_BLIND_LIMIT = timedelta(minutes=2)


@dataclass(frozen=True)
class CanarySettings:
    """How carefully.

    Attributes:
        weight: share of requests (0 to 1) that the new version gets during its canary.
        bake: how long a region's canary lasts; none at all: everybody moves after the probes.
        probes: requests that each version must answer before any client's reaches it.
        limits: what is too bad.
    """

    weight: float
    bake: timedelta
    probes: int
    limits: Limits

    @property
    def settle(self) -> timedelta:
        """How much younger than now the numbers are that can be believed."""
        return min(_SETTLE, self.bake / 4)

    @property
    def look_every(self) -> timedelta:
        """The time between two looks."""
        return min(_LOOK_EVERY, self.bake / 10)


class RefutedError(Exception):
    """Something speaks against the new version; the text says what."""


class Canary:
    """A release under way. What it has moved is in `moves`, also when it was interrupted.

    Args:
        moves: what is released, the standby region's first.
        settings: how carefully.
        alarms: those of both regions.
        known: which of them were on before, and so say nothing of this release.
        note: called with a line that is to stay on the screen.
        update: called with a line about what is going on just now.
    """

    def __init__(  # noqa: PLR0913 -- what a release needs to know, and whom it tells
        self,
        moves: Sequence[Move],
        settings: CanarySettings,
        alarms: Sequence[Alarms],
        known: frozenset[str],
        *,
        note: Callable[[str], None],
        update: Callable[[str], None],
    ) -> None:
        self.moves = list(moves)
        self._settings = settings
        self._alarms = alarms
        self._known = known
        self._note = note
        self._update = update

    def run(self) -> None:
        """Release.

        Raises:
            RefutedError: something speaks against it; clients are to go back.
            TakenOverError: somebody else goes on with it, or has taken it back.
            InfraError: AWS refuses, or can't be reached.
        """
        self._take_over()
        for region in by_region(self.moves):
            # With one of them promoted, the verdict on all of that region was good.
            if not any(_is_through(move) for move in self._in(region)):
                self._try_in(region)
            self._each_in(region, Step.PROMOTED)
            self._see_moved(region)
            self._note(f"{region}: promoted")
        for index in range(len(self.moves)):
            self._take(index, Step.RELEASED)

    def _take_over(self) -> None:
        """Make the aliases this run's, so that nobody else goes on with a release of theirs."""
        for index, move in enumerate(self.moves):
            self._take(index, move.mark.step if _is_through(move) else Step.WAITING)

    def _try_in(self, region: str) -> None:
        for move in self._in(region):
            self._start(move)
        for move in self._in(region):
            self._probe(move)
        if self._settings.bake:
            self._each_in(region, Step.CANARY)
            self._bake(region)

    def _start(self, move: Move) -> None:
        deadline = time.monotonic() + _START_LIMIT.total_seconds()
        while True:
            version = move.functions.version(move.alias.kind, move.mark.new)
            if version.state == "Failed":
                raise RefutedError(f"{_new(move)} can't start: {version.reason}")
            if version.state == "Active":
                return
            if time.monotonic() > deadline:
                raise RefutedError(f"{_new(move)} is {version.state} after {_START_LIMIT}")
            self._update(f"{_new(move)} is {version.state}: {version.reason}")
            time.sleep(1)

    def _probe(self, move: Move) -> None:
        self._update(f"asking {_new(move)}")
        found = probes.problem(
            move.functions, move.alias.kind, move.mark.new, self._settings.probes
        )
        if found is not None:
            raise RefutedError(f"{_new(move)} {found}; no client has seen it there")
        self._note(f"{_new(move)} answered {self._settings.probes} probes")

    def _bake(self, region: str) -> None:
        settings, samples = self._settings, Samples(region)
        began = seen = datetime.now(UTC)
        moves = self._in(region)
        self._note(
            f"{region}: {settings.weight:.0%} of requests go to the new versions for "
            f"{_clock(settings.bake)} minutes"
        )
        while True:
            now = datetime.now(UTC)
            try:
                found = self._look(region, samples, began, now - settings.settle)
                seen = now
            except TakenOverError:
                raise
            except InfraError as error:
                if now - seen > _BLIND_LIMIT:
                    raise RefutedError(f"nobody can watch it: {error}") from error
                self._update(str(error))
            else:
                self._judge(moves, found)
                passed = f"{_clock(now - began)} of {_clock(settings.bake + settings.settle)}"
                self._update(f"{region} {passed}: {_told(moves, found)}")
                if now - began >= settings.bake + settings.settle:
                    break
            time.sleep(settings.look_every.total_seconds())
        self._conclude(moves, found)

    def _look(
        self, region: str, samples: Samples, since: datetime, until: datetime
    ) -> dict[str, tuple[Sample, Sample]]:
        """See that nobody and no alarm speaks up; return by function how its versions did."""
        self._require_ours(region)
        self._require_quiet()
        return {move.alias.kind: _pair(samples, move, since, until) for move in self._in(region)}

    def _judge(self, moves: Iterable[Move], found: Mapping[str, tuple[Sample, Sample]]) -> None:
        for move in moves:
            objection = verdict.objection(*found[move.alias.kind], self._settings.limits)
            if objection is not None:
                raise RefutedError(f"{_new(move)}: {objection}")

    def _conclude(self, moves: Iterable[Move], found: Mapping[str, tuple[Sample, Sample]]) -> None:
        """Say on what the verdict rests, and refuse one that rests on nothing."""
        for move in moves:
            new, old = found[move.alias.kind]
            if move.alias.kind == "read" and not old.invocations:
                raise RefutedError(
                    f"CloudWatch shows no request to {move.alias} at all, although health checkers "
                    "ask it every second: there is nothing to judge by"
                )
            few = new.invocations < self._settings.limits.requests
            rests = f"too few to judge by, so this rests on its {self._settings.probes} probes"
            self._note(
                f"{_new(move)}: {new} ({rests if few else f'version {move.mark.old}: {old}'})"
            )

    def _require_ours(self, region: str) -> None:
        for move in self._in(region):
            found = move.functions.alias(move.alias.kind)
            if found.revision != move.alias.revision:
                raise TakenOverError(found)

    def _require_quiet(self) -> None:
        """Look at the alarms of both regions, since one of them may be through already."""
        for alarms in self._alarms:
            on = alarms.on() - self._known
            if on:
                raise RefutedError(f"alarm {', '.join(sorted(on))} is on")

    def _see_moved(self, region: str) -> None:
        """Wait until Lambda has moved everybody to the new versions.

        Where an alias has provisioned concurrency, Lambda keeps all requests at the old version, by
        a weight that it sets itself, until as much is ready of the new one.
        https://github.com/hashicorp/terraform-provider-aws/pull/48116
        """
        deadline = time.monotonic() + _START_LIMIT.total_seconds()
        for index, move in enumerate(self.moves):
            while move.alias.region == region:
                found = move.functions.alias(move.alias.kind)
                if str(found.mark) != str(move.mark):
                    raise TakenOverError(found)
                if not found.weights:
                    self.moves[index] = replace(move, alias=found)
                    break
                if time.monotonic() > deadline:
                    raise RefutedError(f"nothing is ready of {_new(move)} after {_START_LIMIT}")
                self._update(f"{move.alias} stays at {move.mark.old} until as much is ready of it")
                time.sleep(1)

    def _in(self, region: str) -> list[Move]:
        return [move for move in self.moves if move.alias.region == region]

    def _each_in(self, region: str, step: Step) -> None:
        for index, move in enumerate(self.moves):
            if move.alias.region == region:
                self._take(index, step)

    def _take(self, index: int, step: Step) -> None:
        move = self.moves[index]
        mark = move.mark.at(step)
        self.moves[index] = taken = replace(move, mark=mark)
        weights = {mark.new: self._settings.weight} if step is Step.CANARY else {}
        version = mark.new if _is_through(taken) else mark.old
        alias = move.functions.move(move.alias, version, weights, mark, force=False)
        self.moves[index] = replace(taken, alias=alias)


def _is_through(move: Move) -> bool:
    return move.mark.step in {Step.PROMOTED, Step.RELEASED}


def _pair(samples: Samples, move: Move, since: datetime, until: datetime) -> tuple[Sample, Sample]:
    versions = (move.mark.new, move.mark.old)
    new, old = samples.of(move.functions.name(move.alias.kind), versions, since, until)
    return new, old


def _new(move: Move) -> str:
    return f"{move.alias.kind} {move.mark.new} in {move.alias.region}"


def _told(moves: Iterable[Move], found: Mapping[str, tuple[Sample, Sample]]) -> str:
    return "; ".join(
        f"{move.alias.kind} {move.mark.new}: {found[move.alias.kind][0]} "
        f"({move.mark.old}: {found[move.alias.kind][1]})"
        for move in moves
    )


def _clock(passed: timedelta) -> str:
    seconds = int(passed.total_seconds())
    return f"{seconds // 60}:{seconds % 60:02d}"
