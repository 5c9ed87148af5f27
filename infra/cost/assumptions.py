"""What an estimate starts from: how two regions are run, what is asked of them, what is assumed.

Numbers of resources and the variables' defaults are those of infra/*.tf; tests hold the numbers to
what Terraform creates. What nobody can know beforehand is in Assumptions.
"""

from dataclasses import dataclass

HOURS = 730.0


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to run two regions.

    Attributes:
        name: how the table calls it.
        routing: as the variable `routing`.
        standby: as the variable `standby`.
    """

    name: str
    routing: str
    standby: str


MODES = (
    Mode("active-standby, cold", "failover", "cold"),
    Mode("active-standby, warm", "failover", "warm"),
    Mode("active-active, cold", "latency", "cold"),
    Mode("active-active, warm", "latency", "warm"),
)


@dataclass(frozen=True, slots=True)
class Traffic:
    """How much is asked in a month.

    Attributes:
        requests: of clients, in both regions together.
        stored_gb: items, in each region.
    """

    requests: float
    stored_gb: float


TRAFFIC = (Traffic(1e6, 1), Traffic(30e6, 10), Traffic(300e6, 100))


# What an endpoint gets of Route 53's checkers in a minute, by their interval: 60 to 70 at 10 s,
# https://aws.amazon.com/blogs/aws/route-53-health-check-improvements-faster-interval-and-configurable-failover/
# and at 30 s one every other second,
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
CHECKS_A_MINUTE = {10: 65.0, 30: 30.0}


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the estimate takes for granted, beside the variables' defaults.

    Attributes:
        reads: the share of requests that read.
        read_seconds, write_seconds: how long a function takes.
        memory_gb: of each function, as infra/region/chalice_override.tf has it.
        cold_starts: the share of requests that start a function.
        start_seconds: how long a start takes, which is billed:
            https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
        snap_start: as the variable `snap_start`: a start is a restore.
        item_kb: of an item; a read unit holds 4 KB, a write unit 1 KB.
        answer_kb, log_kb: of an answer, and of what is logged of a request.
        queries: DNS queries for a request: resolvers keep an answer for dns_ttl.
        interval: of the health checks, 10 or 30 s; None where no endpoint is checked.
        trace_rate, traced: X-Ray's default rule takes the first request of a second, and a share
            of the rest: https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html
        provisioned: environments that `warm` keeps ready in a region: the reader's and the
            writer's least.
    """

    reads: float = 0.8
    read_seconds: float = 0.02
    write_seconds: float = 0.03
    memory_gb: float = 0.5
    cold_starts: float = 0.001
    start_seconds: float = 0.15
    snap_start: bool = False
    item_kb: float = 1
    answer_kb: float = 2
    log_kb: float = 0.8
    queries: float = 0.1
    interval: int | None = 10
    traced: float = 0.05
    provisioned: int = 7

    @property
    def checks_a_minute(self) -> float:
        """Requests of health checkers that an endpoint gets in a minute."""
        return 0.0 if self.interval is None else CHECKS_A_MINUTE[self.interval]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each priced resource there are, both regions together but for `region`'s.

    Attributes:
        endpoint_checks: health checks on an endpoint, each with HTTPS.
        other_checks: calculated ones, and those on an operator's switch.
        global_alarm_metrics: metrics that alarms on Route 53 and on the operators' switches judge.
        active_alarm_metrics: those that are there only where both regions serve.
        region_alarm_metrics: metrics that a region's own alarms judge; an alarm on metric math pays
            for each.
        standby_alarm_metrics: those that only a standby has.
        scaling_alarm_metrics: those of Application Auto Scaling where capacity is kept warm.
        dashboards: in the account.
        waf_rules, keys, method_metrics: of a region; a method has five detailed metrics, and three
            methods take the traffic.
    """

    endpoint_checks: int = 2
    other_checks: int = 4
    global_alarm_metrics: int = 5
    active_alarm_metrics: int = 1
    region_alarm_metrics: int = 13
    standby_alarm_metrics: int = 1
    scaling_alarm_metrics: int = 6
    dashboards: int = 3
    waf_rules: int = 4
    keys: int = 1
    method_metrics: int = 15
