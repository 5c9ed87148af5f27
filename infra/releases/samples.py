"""How a version did under an alias, as CloudWatch has counted it."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.errors import InfraError
from infra.functions import ALIAS
from infra.operations.switch import IMPATIENT

_MINUTE = 60
# By its Id, each metric of Lambda's and its statistic.
_COUNTS = {"invocations": ("Invocations", "Sum"), "crashes": ("Errors", "Sum")}
_DURATIONS = {"median": ("Duration", "p50"), "p99": ("Duration", "p99")}
# As infra/region/releases.tf counts them.
_NAMESPACE, _METRIC_NAME = "MultiRegionApi", "ServerErrors"


@dataclass(frozen=True)
class Sample:
    """What one version did.

    Attributes:
        invocations: how often it ran.
        crashes: how often it ended by an exception or out of time.
        server_errors: how often it answered 500 or above.
        median: milliseconds that half of the invocations took at most; None where none is known.
        p99: milliseconds that 99 of 100 took at most; None where none is known.
    """

    invocations: int = 0
    crashes: int = 0
    server_errors: int = 0
    median: float | None = None
    p99: float | None = None

    @property
    def failed(self) -> int:
        """How often it failed."""
        return self.crashes + self.server_errors

    @property
    def rate(self) -> float:
        """The share of invocations that failed, 0 to 1; 0 where there were none."""
        # What was counted late can't make more than all.
        return min(1.0, self.failed / self.invocations) if self.invocations else 0.0

    def __str__(self) -> str:
        p99 = "" if self.p99 is None else f", p99 {self.p99:.0f} ms"
        return f"{self.invocations} requests, {self.failed} failed{p99}"


class Samples:
    """CloudWatch in one region, with the environment's credentials."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._client = boto3.client("cloudwatch", region_name=region, config=IMPATIENT)

    def of(
        self, function: str, versions: Sequence[str], since: datetime, until: datetime
    ) -> list[Sample]:
        """Return a sample of each version of a function, under its alias, in that time.

        Lambda's metrics are of whole minutes: of the one in which `since` lies they have all.

        Raises:
            InfraError: CloudWatch refuses, or can't be reached.
        """
        since = since.replace(second=0, microsecond=0)
        if until <= since:  # as in a canary's first minutes: CloudWatch refuses such a time
            return [Sample() for _ in versions]
        # Counts are added up minute by minute. Percentiles can't be: they are of one period as long
        # as all of it, which begins where CloudWatch may align it, and so holds what was before.
        period = math.ceil((until - since).total_seconds() / _MINUTE) * _MINUTE
        aligned = datetime.fromtimestamp(since.timestamp() // period * period, UTC)
        counts = [q for n, v in enumerate(versions) for q in _counts(n, function, v)]
        durations = [q for n, v in enumerate(versions) for q in _durations(n, function, v, period)]
        values = self._values(counts, since, until) | self._values(durations, aligned, until)
        return [_sample(values, number) for number in range(len(versions))]

    def _values(
        self, queries: Sequence[dict[str, Any]], since: datetime, until: datetime
    ) -> dict[str, list[float]]:
        values: dict[str, list[float]] = {}
        try:
            pages = self._client.get_paginator("get_metric_data").paginate(
                MetricDataQueries=queries,  # type: ignore[arg-type] # built of plain dicts
                StartTime=since,
                EndTime=until,
            )
            for result in (result for page in pages for result in page["MetricDataResults"]):
                values.setdefault(result["Id"], []).extend(result["Values"])
        except (BotoCoreError, ClientError) as error:
            raise InfraError(
                f"GetMetricData in {self._region} failed: {error}. It needs credentials with "
                "cloudwatch:GetMetricData"
            ) from error
        return values


def _counts(number: int, function: str, version: str) -> Iterable[dict[str, Any]]:
    for name, (metric, statistic) in _COUNTS.items():
        of = _metric("AWS/Lambda", metric, _under_alias(function, version))
        yield _query(f"{name}{number}", of, statistic, _MINUTE)
    of = _metric(_NAMESPACE, _METRIC_NAME, {"Function": function, "Version": version})
    yield _query(f"server_errors{number}", of, "Sum", _MINUTE)


def _durations(number: int, function: str, version: str, period: int) -> Iterable[dict[str, Any]]:
    for name, (metric, statistic) in _DURATIONS.items():
        of = _metric("AWS/Lambda", metric, _under_alias(function, version))
        yield _query(f"{name}{number}", of, statistic, period)


def _under_alias(function: str, version: str) -> dict[str, str]:
    return {
        "FunctionName": function,
        "Resource": f"{function}:{ALIAS}",
        "ExecutedVersion": version,
    }


def _metric(namespace: str, name: str, dimensions: Mapping[str, str]) -> dict[str, Any]:
    named = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    return {"Namespace": namespace, "MetricName": name, "Dimensions": named}


def _query(name: str, metric: dict[str, Any], statistic: str, period: int) -> dict[str, Any]:
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": period, "Stat": statistic}}


def _sample(values: Mapping[str, Sequence[float]], number: int) -> Sample:
    def total(name: str) -> int:
        return round(sum(values.get(f"{name}{number}", ())))

    # Of two periods the worse one counts.
    def longest(name: str) -> float | None:
        return max(values.get(f"{name}{number}", ()), default=None)

    return Sample(
        total("invocations"),
        total("crashes"),
        total("server_errors"),
        longest("median"),
        longest("p99"),
    )
