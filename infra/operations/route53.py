"""What Route 53 says of the health checks, where it can be reached.

Its API and its metrics are in us-east-1, which may be what is lost, so that no answer is an answer:
"unknown", and why.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.errors import InfraError
from infra.operations.switch import IMPATIENT, PERIOD

_REGION = "us-east-1"
_LOOK_BACK = timedelta(minutes=10)


@dataclass(frozen=True)
class Observation:
    """What the checkers of an endpoint said last.

    Attributes:
        passing: how many had a good answer.
        total: how many there are.
        failure: what one of the others had, in its words; None if there are none.
    """

    passing: int
    total: int
    failure: str | None

    def __str__(self) -> str:
        text = f"{self.passing} of {self.total} checkers pass"
        return text if self.failure is None else f"{text}; {self.failure}"


def observe(check_id: str) -> Observation:
    """Ask what the checkers of an endpoint said last: each of its last request alone.

    It knows nothing of thresholds: https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHealthCheckStatus.html

    Raises:
        InfraError: Route 53 can't be asked.
    """
    try:
        client = boto3.client("route53", region_name=_REGION, config=IMPATIENT)
        observations = client.get_health_check_status(HealthCheckId=check_id)
    except (BotoCoreError, ClientError) as error:
        raise InfraError(f"Route 53 can't be asked ({error})") from error
    said = [o["StatusReport"]["Status"] for o in observations["HealthCheckObservations"]]
    failures = sorted({text for text in said if not text.startswith("Success")})
    passing = sum(text.startswith("Success") for text in said)
    return Observation(passing, len(said), failures[0] if failures else None)


def endpoint_status(check_id: str | None) -> str:
    """Say how many health checkers see an endpoint well."""
    if check_id is None:
        return "unknown: only the deployment's file has its id"
    try:
        return str(observe(check_id))
    except InfraError as error:
        return f"unknown: {error}"


def check_statuses(check_ids: Iterable[str | None]) -> list[str]:
    """Say for each health check whether it is healthy, as its metric has it.

    GetHealthCheckStatus has no answer for a calculated one:
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHealthCheckStatus.html
    """
    return [_check_status(check_id) for check_id in check_ids]


def _check_status(check_id: str | None) -> str:
    if check_id is None:
        return "unknown: only the deployment's file has its id"
    now = datetime.now(UTC)
    try:
        client = boto3.client("cloudwatch", region_name=_REGION, config=IMPATIENT)
        answer = client.get_metric_statistics(
            Namespace="AWS/Route53",
            MetricName="HealthCheckStatus",
            Dimensions=[{"Name": "HealthCheckId", "Value": check_id}],
            StartTime=now - _LOOK_BACK,
            EndTime=now,
            Period=PERIOD,
            Statistics=["Minimum"],
        )
    except (BotoCoreError, ClientError) as error:
        return _unknown(error)
    points = sorted(answer["Datapoints"], key=lambda point: point["Timestamp"])
    if not points:
        return "unknown: no metric data within ten minutes"
    word = "healthy" if points[-1]["Minimum"] >= 1 else "UNHEALTHY"
    return f"{word} at {points[-1]['Timestamp']:%H:%M} UTC"


def _unknown(error: Exception) -> str:
    return f"unknown: Route 53 can't be asked ({error})"
