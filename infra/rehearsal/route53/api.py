"""The AWS APIs that the stand-in reads, which block and so are called in threads."""

from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING

import boto3

from infra.rehearsal.route53.config import AlarmIdentifier, Configuration
from infra.rehearsal.route53.reading import read_configuration

if TYPE_CHECKING:
    from types_boto3_cloudwatch import CloudWatchClient

# The most that DescribeAlarms takes at once.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
_NAMES_PER_CALL = 100


class Aws:
    """Route 53 and CloudWatch, as one account's credentials reach them.

    Not for two threads at once.

    Args:
        session: the credentials.
        endpoint: the URL of the emulator.
    """

    def __init__(self, session: boto3.Session, endpoint: str) -> None:
        self._session = session
        self._endpoint = endpoint
        # Route 53 is global, and its API in us-east-1.
        self._route53 = session.client("route53", "us-east-1", endpoint_url=endpoint)
        self._cloudwatch: dict[str, CloudWatchClient] = {}

    def configuration(self, zone_ids: Collection[str] | None) -> Configuration:
        """Read what the stand-in obeys: see read_configuration."""
        return read_configuration(self._route53, zone_ids)

    def alarm_states(self, alarms: Collection[AlarmIdentifier]) -> dict[AlarmIdentifier, str]:
        """Return each alarm's state: OK, ALARM, INSUFFICIENT_DATA, or "missing".

        Raises:
            botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: the API failed.
        """
        names: defaultdict[str, list[str]] = defaultdict(list)
        for alarm in alarms:
            names[alarm.region].append(alarm.name)
        states = dict.fromkeys(alarms, "missing")
        for region, wanted in names.items():
            for start in range(0, len(wanted), _NAMES_PER_CALL):
                states |= self._states_in(region, wanted[start : start + _NAMES_PER_CALL])
        return states

    def close(self) -> None:
        """Close the connections."""
        for client in (self._route53, *self._cloudwatch.values()):
            client.close()

    def _states_in(self, region: str, names: list[str]) -> dict[AlarmIdentifier, str]:
        if region not in self._cloudwatch:
            client = self._session.client("cloudwatch", region, endpoint_url=self._endpoint)
            self._cloudwatch[region] = client
        pages = self._cloudwatch[region].get_paginator("describe_alarms").paginate(AlarmNames=names)
        found = (alarm for page in pages for alarm in page["MetricAlarms"])
        return {AlarmIdentifier(region, a["AlarmName"]): a["StateValue"] for a in found}
