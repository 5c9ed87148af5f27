"""Settings beside one another: what each promises, what becomes of clients, and what it costs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from infra.cost.assumptions import HOURS
from infra.cost.model import of_health_checks
from infra.cost.prices import Prices
from infra.promise import ALIAS_TTL, ANSWERED, UNREACHABLE, Promise, Range
from infra.rto.measured import Measured
from infra.rto.model import Failure, Setting, Simulation, World, quantile, simulate

SHARES = {"p1": 0.01, "p50": 0.50, "p90": 0.90, "p99": 0.99, "max": 1.0}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a user chooses among.

    Attributes:
        interval: of the health checks, seconds.
        threshold: of the health checks.
        ttl: of a CNAME, seconds; None for alias records.
    """

    interval: int
    threshold: int
    ttl: int | None

    @property
    def setting(self) -> Setting:
        """What of it the model needs."""
        return Setting(self.interval, self.threshold, ALIAS_TTL if self.ttl is None else self.ttl)

    @property
    def check(self) -> str:
        """The health check, in words."""
        return f"{self.interval} s x {self.threshold}"

    @property
    def record(self) -> str:
        """The record, in words."""
        return f"alias, {ALIAS_TTL:g} s" if self.ttl is None else f"CNAME, {self.ttl} s"


# What infra/variables.tf has where nothing is chosen.
DEFAULT = Choice(interval=10, threshold=3, ttl=10)


@dataclass(frozen=True)
class Row:
    """One choice.

    Attributes:
        choice: what was chosen.
        simulation: what became of clients.
        promised: the range in which the outage lies by the closed form.
        checks: US dollars a month for the health checks, their requests included.
        queries: US dollars a month for a resolver that always asks again.
        measured: runs that had such a setting.
    """

    choice: Choice
    simulation: Simulation
    promised: Range
    checks: float
    queries: float
    measured: Sequence[Measured]

    @property
    def default(self) -> bool:
        """Whether this is what the project has where nothing is chosen."""
        return self.choice == DEFAULT

    def outage(self, share: float) -> float:
        """Return the outage that a share of the clients do not exceed, in seconds."""
        return quantile(self.simulation.outages, share)

    def detection(self, share: float) -> float:
        """Return the detection that a share of the losses do not exceed, in seconds."""
        return quantile(self.simulation.detections, share)

    @property
    def beyond(self) -> float:
        """The share of clients whose outage is longer than promised."""
        outages = self.simulation.outages
        return float((outages > self.promised.high).sum() / outages.size)


def rows(
    choices: Iterable[Choice],
    world: World,
    prices: Prices,
    regions: tuple[str, str],
    measured: Mapping[Setting, Sequence[Measured]],
) -> Iterator[Row]:
    """Yield a row for each choice.

    Raises:
        InfraError: the price book lacks a price for a region.
    """
    failing = UNREACHABLE if world.failure is Failure.BLACKHOLE else ANSWERED
    for choice in choices:
        setting = choice.setting
        yield Row(
            choice,
            simulate(setting, world),
            Promise(setting.interval, setting.threshold, setting.ttl, failing).outage,
            of_health_checks(prices, regions, choice.interval),
            _queries(choice, prices),
            measured.get(setting, ()),
        )


def _queries(choice: Choice, prices: Prices) -> float:
    if choice.ttl is None:
        return 0.0  # of an alias to an AWS resource: https://aws.amazon.com/route53/pricing/
    asked = HOURS * 3600 / choice.ttl
    return asked * prices.of("route53", "queries_million") / 1e6
