"""What a deployment uses in a month of 730 hours, and what that costs: pure functions."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from infra.cost.assumptions import HOURS, MODES, Assumptions, Counts, Mode, Traffic
from infra.cost.prices import Prices

_SECONDS = HOURS * 3600
_MILLION = 1e6
_GB = 1e9


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill.

    Attributes:
        service: as the price book calls it.
        what: what is paid for.
        region: where; "" for what belongs to none.
        quantity: how much, in the unit of the price.
        price: of one, in US dollars.
    """

    service: str
    what: str
    region: str
    quantity: float
    price: float

    @property
    def cost(self) -> float:
        """US dollars a month."""
        return self.quantity * self.price


def total(lines: Sequence[Line]) -> float:
    """Return US dollars a month."""
    return math.fsum(line.cost for line in lines)


def of_health_checks(prices: Prices, regions: tuple[str, str], interval: int) -> float:
    """Return US dollars a month for the checks of both endpoints, their requests included.

    Raises:
        InfraError: the price book lacks a price for a region.
    """
    checked, unchecked = (
        total(bill(MODES[0], Traffic(0, 0), prices, regions, Assumptions(interval=choice)))
        for choice in (interval, None)
    )
    return checked - unchecked


def bill(
    mode: Mode,
    traffic: Traffic,
    prices: Prices,
    regions: tuple[str, str],
    assumptions: Assumptions | None = None,
) -> list[Line]:
    """Return a month's lines for a mode and a traffic.

    Args:
        mode: how the regions share the work.
        traffic: what clients ask.
        prices: the price book.
        regions: the primary and the secondary.
        assumptions: what is taken for granted.

    Raises:
        InfraError: the price book lacks a price for a region.
    """
    taken = assumptions or Assumptions()
    lines = list(_global_lines(mode, traffic, prices, regions[0], taken))
    shares = (0.5, 0.5) if mode.routing == "latency" else (1.0, 0.0)
    for number, (region, share) in enumerate(zip(regions, shares, strict=True)):
        load = _Load.of(traffic, share, taken)
        standby = mode.routing == "failover" and number == 1
        warm = mode.standby == "warm" and (standby or mode.routing == "latency")
        lines += _region_lines(_Region(region, prices, load, taken), standby=standby, warm=warm)
    return lines


@dataclass(frozen=True, slots=True)
class _Load:
    """What one region gets in a month."""

    reads: float
    writes: float
    replicated: float
    checks: float
    stored_gb: float

    @classmethod
    def of(cls, traffic: Traffic, share: float, taken: Assumptions) -> "_Load":
        writes = traffic.requests * (1 - taken.reads)
        return cls(
            traffic.requests * share * taken.reads,
            writes * share,
            writes * (1 - share),
            taken.checks_a_minute * 60 * HOURS,
            traffic.stored_gb,
        )

    @property
    def clients(self) -> float:
        return self.reads + self.writes

    @property
    def requests(self) -> float:
        return self.clients + self.checks


@dataclass(frozen=True, slots=True)
class _Region:
    name: str
    prices: Prices
    load: _Load
    taken: Assumptions

    def line(self, service: str, what: str, quantity: float, price: str) -> Line:
        return Line(service, what, self.name, quantity, self.prices.of(service, price, self.name))


def _global_lines(
    mode: Mode, traffic: Traffic, prices: Prices, region: str, taken: Assumptions
) -> Iterator[Line]:
    counts = Counts()
    endpoints = 0 if taken.interval is None else counts.endpoint_checks
    each = prices.of("route53", "health_check_month")
    yield Line("route53", "health checks", "", endpoints + counts.other_checks, each)
    features = ["HTTPS", "10 s"] if taken.interval == 10 else ["HTTPS"]
    feature = prices.of("route53", "health_check_feature_month")
    what = f"{' and '.join(features)} of health checks"
    yield Line("route53", what, "", len(features) * endpoints, feature)
    kind = "latency_queries_million" if mode.routing == "latency" else "queries_million"
    queries = traffic.requests * taken.queries / _MILLION
    yield Line("route53", "DNS queries, million", "", queries, prices.of("route53", kind))
    alarms = prices.of("cloudwatch", "alarm_metric_month", region)
    judged = counts.global_alarm_metrics + counts.active_alarm_metrics * (mode.routing == "latency")
    yield Line("cloudwatch", "alarms on Route 53", "", judged, alarms)
    dashboards = prices.of("cloudwatch", "dashboard_month", region)
    yield Line("cloudwatch", "dashboards", "", counts.dashboards, dashboards)


def _region_lines(region: _Region, *, standby: bool, warm: bool) -> Iterator[Line]:
    counts, load, taken = Counts(), region.load, region.taken
    yield from _function_lines(region, warm=warm)
    yield from _table_lines(region)
    requests = load.requests / _MILLION
    yield region.line("api_gateway", "requests, million", requests, "requests_million")
    yield region.line("waf", "web ACL", 1, "acl_month")
    yield region.line("waf", "rules", counts.waf_rules, "rule_month")
    yield region.line("waf", "requests, million", requests, "requests_million")
    alarms = counts.region_alarm_metrics + counts.standby_alarm_metrics * standby
    alarms += counts.scaling_alarm_metrics * warm
    yield region.line("cloudwatch", "alarms", alarms, "alarm_metric_month")
    yield region.line("cloudwatch", "metrics of methods", counts.method_metrics, "metric_month")
    logs = load.requests * taken.log_kb * 1e3 / _GB
    yield region.line("cloudwatch", "logs, GB", logs, "logs_gb")
    traces = _traced(load.requests, taken) / _MILLION
    yield region.line("xray", "traces, million", traces, "traces_million")
    yield region.line("kms", "keys of alarms", counts.keys, "key_month")
    out = load.requests * taken.answer_kb * 1e3 / _GB
    yield region.line("transfer", "answers, GB", out, "internet_gb")
    replicated = load.writes * taken.item_kb * 1e3 / _GB
    yield region.line("transfer", "replication, GB", replicated, "other_region_gb")


def _function_lines(region: _Region, *, warm: bool) -> Iterator[Line]:
    load, taken = region.load, region.taken
    seconds = (load.reads + load.checks) * taken.read_seconds + load.writes * taken.write_seconds
    memory = taken.memory_gb
    requests = load.requests / _MILLION
    yield region.line("lambda", "requests, million", requests, "requests_million")
    if warm:
        kept = taken.provisioned * memory * _SECONDS
        yield region.line("lambda", "provisioned, GB-s", kept, "provisioned_gb_second")
        used = "provisioned_duration_gb_second"
        yield region.line("lambda", "duration, GB-s", seconds * memory, used)
        return
    starts = load.clients * taken.cold_starts
    if not taken.snap_start:
        seconds += starts * taken.start_seconds
    yield region.line("lambda", "duration, GB-s", seconds * memory, "gb_second")
    if taken.snap_start:
        # One version of each of the two functions.
        cached = 2 * memory * _SECONDS
        yield region.line("lambda", "SnapStart cache, GB-s", cached, "snapshot_cache_gb_second")
        yield region.line(
            "lambda", "SnapStart restores, GB", starts * memory, "snapshot_restore_gb"
        )


def _table_lines(region: _Region) -> Iterator[Line]:
    load, taken = region.load, region.taken
    # Not strongly consistent, as reads are unless a client asks: half a unit for each 4 KB.
    reads = load.reads * math.ceil(taken.item_kb / 4) / 2 + load.checks / 2
    writes = math.ceil(taken.item_kb)
    yield region.line("dynamodb", "reads, million", reads / _MILLION, "reads_million")
    # A write to a global table is paid for in each region as a replicated one.
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/global-tables-billing.html
    written = (load.writes + load.replicated) * writes / _MILLION
    yield region.line("dynamodb", "writes, million", written, "replicated_writes_million")
    yield region.line("dynamodb", "storage, GB", load.stored_gb, "storage_gb_month")
    yield region.line("dynamodb", "recovery, GB", load.stored_gb, "recovery_gb_month")


def _traced(requests: float, taken: Assumptions) -> float:
    """Return how many requests are traced, if they come at random."""
    first = _SECONDS * (1 - math.exp(-requests / _SECONDS))
    return first + taken.traced * (requests - first)
