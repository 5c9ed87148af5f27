"""The alarms of a region that speak of its functions, and so of a release."""

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.errors import InfraError
from infra.operations.switch import IMPATIENT

# Of those in infra/region/alarms.tf. Not replication-lag and certificate-expiry, which no version
# causes, and not standby-takes-writes, which tells of DNS.
SYMPTOMS = (
    "api-5xx",
    "api-latency",
    "read-errors",
    "read-throttles",
    "table-errors",
    "table-read-throttles",
    "table-write-throttles",
    "write-errors",
    "write-throttles",
)


class Alarms:
    """The alarms of one stack in one region, with the environment's credentials."""

    def __init__(self, stack: str, region: str) -> None:
        self._names = [f"{stack}-{symptom}" for symptom in SYMPTOMS]
        self._region = region
        self._client = boto3.client("cloudwatch", region_name=region, config=IMPATIENT)

    def on(self) -> frozenset[str]:
        """Return those that are on, as `name in region`.

        Raises:
            InfraError: CloudWatch refuses or can't be reached; or an alarm is not there.
        """
        try:
            found = self._client.describe_alarms(AlarmNames=self._names)["MetricAlarms"]
        except (BotoCoreError, ClientError) as error:
            raise InfraError(
                f"DescribeAlarms in {self._region} failed: {error}. It needs credentials with "
                "cloudwatch:DescribeAlarms"
            ) from error
        states = {alarm["AlarmName"]: alarm["StateValue"] for alarm in found}
        missing = sorted(set(self._names) - set(states))
        if missing:
            raise InfraError(
                f"{self._region} has no alarm {', '.join(missing)}, by which a release is judged: "
                "`python -m infra apply` makes it"
            )
        return frozenset(
            f"{name} in {self._region}" for name, state in states.items() if state == "ALARM"
        )
