"""An operator's switch: a number on a CloudWatch metric, in the region that is not withdrawn.

docs/runbook.md says how Route 53 comes to follow it, and how long that takes.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra.deployment import SwitchNames
from infra.errors import InfraError

if TYPE_CHECKING:
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_cloudwatch.type_defs import DimensionTypeDef

# At 3 a.m. an answer that does not come is an answer too.
IMPATIENT = Config(
    connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2}
)
PERIOD = 60
_LOOK_BACK = timedelta(hours=3)


def seconds_to_next_period(now: float) -> float:
    """Return how many seconds from now, given in seconds since 1970, the next period begins."""
    return PERIOD - now % PERIOD + 1


@dataclass(frozen=True)
class Position:
    """How the switch stands.

    Attributes:
        alarm: the alarm's state; "missing" if there is no such alarm.
        number: what was put on the metric last, within three hours; None if nothing was.
        at: when, to the minute.
    """

    alarm: str
    number: float | None
    at: datetime | None

    @property
    def withdrawn(self) -> bool:
        """Whether its region is withdrawn, by the number where there is one, else by the alarm."""
        return self.alarm == "ALARM" if self.number is None else self.number > 0

    def long_withdrawn(self, now: datetime) -> bool:
        """Whether its region is withdrawn by a number of none of the last two periods.

        One of this period would beat a 0; and one that was put just now may not be seen yet.
        """
        return self.withdrawn and (
            self.at is None or now - self.at >= timedelta(seconds=2 * PERIOD)
        )


class Switch:
    """One switch, with the credentials and endpoint of the environment.

    Args:
        names: its names.

    Raises:
        InfraError: later, when CloudWatch in its region refuses or can't be reached.
    """

    def __init__(self, names: SwitchNames) -> None:
        self._names = names
        self._client: CloudWatchClient = boto3.client(
            "cloudwatch", region_name=names.region, config=IMPATIENT
        )

    def put(self, *, withdrawn: bool) -> None:
        """Withdraw the region, or give it back."""
        with self._explained("PutMetricData"):
            self._client.put_metric_data(
                Namespace=self._names.namespace,
                MetricData=[
                    {
                        "MetricName": self._names.metric_name,
                        "Dimensions": self._dimensions(),
                        "Value": float(withdrawn),
                    }
                ],
            )

    def position(self) -> Position:
        """Read how the switch stands."""
        with self._explained("DescribeAlarms"):
            found = self._client.describe_alarms(AlarmNames=[self._names.alarm_name])
        alarms = found.get("MetricAlarms", [])
        at, number = self._last_number()
        return Position(alarms[0]["StateValue"] if alarms else "missing", number, at)

    def _last_number(self) -> tuple[datetime | None, float | None]:
        now = datetime.now(UTC)
        with self._explained("GetMetricData"):
            answer = self._client.get_metric_data(
                MetricDataQueries=[
                    {
                        "Id": "switch",
                        "MetricStat": {
                            "Metric": {
                                "Namespace": self._names.namespace,
                                "MetricName": self._names.metric_name,
                                "Dimensions": self._dimensions(),
                            },
                            "Period": PERIOD,
                            "Stat": "Maximum",
                        },
                    }
                ],
                StartTime=now - _LOOK_BACK,
                EndTime=now + timedelta(seconds=PERIOD),
            )
        points = [
            point
            for result in answer["MetricDataResults"]
            for point in zip(result["Timestamps"], result["Values"], strict=True)
        ]
        return max(points, default=(None, None))

    def _dimensions(self) -> "list[DimensionTypeDef]":
        return [{"Name": name, "Value": value} for name, value in self._names.dimensions.items()]

    @contextlib.contextmanager
    def _explained(self, action: str) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            raise InfraError(
                f"{action} in {self._names.region} failed: {error}. It needs credentials with "
                f"cloudwatch:{action}, and nothing of any other region"
            ) from error
