"""The status of every health check: endpoints, calculated ones and those of alarms.

Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.clock import Clock
from infra.rehearsal.route53.background import Background
from infra.rehearsal.route53.checkers import Checkers, Prober, phases
from infra.rehearsal.route53.config import (
    AlarmCheck,
    AlarmIdentifier,
    CalculatedCheck,
    EndpointCheck,
    HealthCheck,
)

if TYPE_CHECKING:
    from asyncio import Task


@dataclass(frozen=True)
class HealthChange:
    """A health check that turned.

    Attributes:
        check_id: which one.
        healthy: what it is now.
        at: when, in simulated seconds of the rehearsal's clock.
        reason: why, in plain words.
    """

    check_id: str
    healthy: bool
    at: float
    reason: str


class Health:
    """Runs the health checkers and says which health checks are healthy.

    Args:
        clock: the rehearsal's.
        background: runs the checkers.
        probe: sends one request of one checker, and raises ProbeError if it fails.
        checkers: how many checkers each endpoint has.
        seed: decides the checkers' phases.
    """

    def __init__(
        self, clock: Clock, background: Background, probe: Prober, *, checkers: int, seed: int
    ) -> None:
        self._clock = clock
        self._background = background
        self._probe = probe
        self._count = checkers
        self._seed = seed
        self._checks: Mapping[str, HealthCheck] = {}
        self._endpoints: dict[str, Checkers] = {}
        self._tasks: dict[str, list[Task[None]]] = {}
        self._alarms: dict[AlarmIdentifier, str] = {}
        self._last_known: dict[AlarmIdentifier, bool] = {}
        self._statuses: dict[str, bool] = {}
        self._listeners: list[Callable[[HealthChange], None]] = []

    @property
    def checks(self) -> Mapping[str, HealthCheck]:
        """The health checks by id."""
        return self._checks

    def on_change(self, listener: Callable[[HealthChange], None]) -> None:
        """Call the listener whenever a health check turns."""
        self._listeners.append(listener)

    def healthy(self, check_id: str) -> bool:
        """Return whether a health check is healthy.

        A disabled one is, unless it is inverted.

        Raises:
            KeyError: there is none of that id.
        """
        check = self._checks[check_id]
        return (check.disabled or self._judge(check)) != check.inverted

    def reason(self, check_id: str) -> str:
        """Return what a health check's status comes from, in plain words.

        Raises:
            KeyError: there is none of that id.
        """
        check = self._checks[check_id]
        text = "disabled" if check.disabled else self._explain(check)
        return f"{text} (inverted)" if check.inverted else text

    def update(self, checks: Mapping[str, HealthCheck]) -> None:
        """Follow the health checks as they are now: new, changed and deleted ones.

        A changed one keeps what its checkers have found.
        """
        self._checks = checks
        for check_id in self._endpoints.keys() - checks.keys():
            self._forget(check_id)
        for check in checks.values():
            if isinstance(check, EndpointCheck):
                self._follow(check)
        self._statuses = {
            check_id: s for check_id, s in self._statuses.items() if check_id in checks
        }
        self.review()

    def set_alarms(self, states: Mapping[AlarmIdentifier, str]) -> None:
        """Take in the alarms' states, in CloudWatch's words or, for want of one, any other."""
        self._alarms.update(states)
        known = {"OK": True, "ALARM": False}
        self._last_known |= {a: known[s] for a, s in states.items() if s in known}
        self.review()

    def review(self) -> None:
        """Tell the listeners of every health check that has turned since the last review."""
        for check_id in self._checks:
            healthy = self.healthy(check_id)
            if self._statuses.setdefault(check_id, healthy) != healthy:
                self._statuses[check_id] = healthy
                change = HealthChange(check_id, healthy, self._clock.now(), self.reason(check_id))
                for listener in self._listeners:
                    listener(change)

    def _judge(self, check: HealthCheck) -> bool:
        match check:
            case EndpointCheck():
                return self._endpoints[check.id].healthy
            case CalculatedCheck():
                return self._healthy_children(check) >= check.health_threshold
            case AlarmCheck():
                return self._judge_alarm(check)

    def _judge_alarm(self, check: AlarmCheck) -> bool:
        match self._alarms.get(check.alarm):
            case "OK" | None:
                # None is before the first look: a new check counts as healthy.
                return True
            case "ALARM":
                return False
        if check.insufficient_data == "LastKnownStatus":
            return self._last_known.get(check.alarm, True)
        return check.insufficient_data == "Healthy"

    def _healthy_children(self, check: CalculatedCheck) -> int:
        return sum(self.healthy(child) for child in check.children)

    def _explain(self, check: HealthCheck) -> str:
        match check:
            case EndpointCheck():
                seen = self._endpoints[check.id]
                text = f"{seen.passing} of {seen.count} checkers pass"
                return f"{text}; last failure: {seen.last_failure}" if seen.last_failure else text
            case CalculatedCheck():
                text = (
                    f"{self._healthy_children(check)} of {len(check.children)} children healthy, "
                    f"{check.health_threshold} needed"
                )
                failing = [self.reason(c) for c in check.children if not self.healthy(c)]
                return f"{text}: {'; '.join(failing)}" if failing else text
            case AlarmCheck():
                return f"{check.alarm} is {self._alarms.get(check.alarm, 'not yet read')}"

    def _follow(self, check: EndpointCheck) -> None:
        if check.id in self._endpoints:
            self._endpoints[check.id].check = check
            return
        checkers = self._endpoints[check.id] = Checkers(check, self._count)
        self._tasks[check.id] = [
            self._background.start(
                checkers.run(number, phase, self._probe, self._clock, self.review)
            )
            for number, phase in enumerate(phases(check, self._count, self._seed))
        ]

    def _forget(self, check_id: str) -> None:
        del self._endpoints[check_id]
        for task in self._tasks.pop(check_id):
            task.cancel()
