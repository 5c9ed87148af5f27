"""Two regions' functions and alarms in the emulator, and what CloudWatch says of them."""

import functools
import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3

from infra.display import Display
from infra.functions import ALIAS, KINDS, name_of
from infra.rehearsal.emulator import Emulator
from infra.releases.alarms import SYMPTOMS
from infra.releases.canary import CanarySettings
from infra.releases.conduct import Conduct
from infra.releases.functions import Alias, Functions
from infra.releases.verdict import Limits
from tests.emulator.cloud import packaged

if TYPE_CHECKING:
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_lambda import LambdaClient

STANDBY, PRIMARY = REGIONS = ("us-west-2", "us-east-1")
LIMITS = Limits(error_rate=0.01, p99=1000, requests=20)
QUICK = CanarySettings(weight=0.1, bake=timedelta(seconds=1), probes=3, limits=LIMITS)

GOOD = 'def handler(event, context):\n    return {"statusCode": 200, "body": "{}"}\n'
CRASHES = "def handler(event, context):\n    raise ValueError('out of order')\n"
FAILS = 'def handler(event, context):\n    return {"statusCode": 503, "body": "no table"}\n'
CANT_START = "raise ImportError('no module of that name')\n"


class Account:
    """One stack, of which version 1 serves."""

    def __init__(self, emulator: Emulator, stack: str | None = None) -> None:
        self.stack = stack or f"s{uuid4().hex[:8]}"
        self.emulator = emulator
        self._session = boto3.Session("test", "test")
        for region in REGIONS:
            self._create(region)

    @functools.cache  # noqa: B019 -- an account lives as long as its test
    def functions(self, region: str) -> "LambdaClient":
        return self._session.client(
            "lambda", region_name=region, endpoint_url=self.emulator.endpoint
        )

    @functools.cache  # noqa: B019 -- likewise
    def cloudwatch(self, region: str) -> "CloudWatchClient":
        return self._session.client(
            "cloudwatch", region_name=region, endpoint_url=self.emulator.endpoint
        )

    def conduct(self, settings: CanarySettings = QUICK, *, despite_alarms: bool = False) -> Conduct:
        """Return a conduct in this process, which needs the emulator in its environment."""
        regions = [self._region(region) for region in REGIONS]
        return Conduct(Display(), regions, settings, keep=3, despite_alarms=despite_alarms)

    def publish(self, code: str, kinds: Iterable[str] = KINDS) -> str:
        """Publish a version of each function in both regions, as an apply does; return its code."""
        content = packaged(f"# {uuid4()}\n{code}")
        for region in REGIONS:
            for kind in kinds:
                name = name_of(self.stack, kind)
                client = self.functions(region)
                client.update_function_code(FunctionName=name, ZipFile=content, Publish=True)
        return hashlib.sha256(content).hexdigest()

    @functools.cache  # noqa: B019 -- likewise
    def _region(self, region: str) -> Functions:
        return Functions(self.stack, region)

    def warm(self, region: str) -> None:
        """Have something ready of what serves in a region."""
        for kind in KINDS:
            self.functions(region).put_provisioned_concurrency_config(
                FunctionName=name_of(self.stack, kind),
                Qualifier=ALIAS,
                ProvisionedConcurrentExecutions=2,
            )

    def alias(self, region: str, kind: str) -> Alias:
        return self._region(region).alias(kind)

    def serving(self) -> list[str]:
        """Return the versions that serve, the standby's reader and writer first."""
        return [self.alias(region, kind).version for region in REGIONS for kind in KINDS]

    def shares(self) -> list[dict[str, float]]:
        """Return the shares of other versions, in the same order."""
        return [dict(self.alias(region, kind).weights) for region in REGIONS for kind in KINDS]

    def steps(self) -> list[str]:
        """Return how far the release is, in the same order."""
        found = [self.alias(region, kind).mark for region in REGIONS for kind in KINDS]
        return ["" if mark is None else str(mark.step) for mark in found]

    def ring(self, region: str, symptom: str) -> None:
        self.cloudwatch(region).set_alarm_state(
            AlarmName=f"{self.stack}-{symptom}", StateValue="ALARM", StateReason="any"
        )

    def traffic(  # noqa: PLR0913 -- what there is to say of some requests
        self,
        region: str,
        kind: str,
        version: str,
        requests: int,
        *,
        crashes: int = 0,
        server_errors: int = 0,
        milliseconds: float = 30.0,
    ) -> None:
        """Have CloudWatch count requests, as Lambda and the metric filter of the logs do."""
        name = name_of(self.stack, kind)
        of = {"FunctionName": name, "Resource": f"{name}:{ALIAS}", "ExecutedVersion": version}
        lines = {"Function": name, "Version": version}
        put = self.cloudwatch(region).put_metric_data
        put(
            Namespace="AWS/Lambda",
            MetricData=[
                _counted("Invocations", of, 1.0, requests),
                _counted("Errors", of, 1.0, crashes),
                _counted("Duration", of, milliseconds, requests),
            ],
        )
        if server_errors:
            data = [_counted("ServerErrors", lines, 1.0, server_errors)]
            put(Namespace="MultiRegionApi", MetricData=data)

    def well(self, region: str) -> None:
        """Have CloudWatch count requests to versions 1 and 2 of which none failed."""
        for kind in KINDS:
            self.traffic(region, kind, "1", 200)
            self.traffic(region, kind, "2", 40)

    def _create(self, region: str) -> None:
        client = self.functions(region)
        for kind in KINDS:
            name = name_of(self.stack, kind)
            client.create_function(
                FunctionName=name,
                Runtime="python3.13",
                Handler="handler.handler",
                Role="arn:aws:iam::000000000000:role/any",
                Code={"ZipFile": packaged(GOOD)},
                Publish=True,
            )
            client.create_alias(FunctionName=name, Name=ALIAS, FunctionVersion="1")
        for symptom in SYMPTOMS:
            self.cloudwatch(region).put_metric_alarm(
                AlarmName=f"{self.stack}-{symptom}",
                Namespace="Any",
                MetricName=self.stack,
                Statistic="Sum",
                Period=60,
                EvaluationPeriods=1,
                ComparisonOperator="GreaterThanThreshold",
                Threshold=0,
            )


def _counted(metric: str, dimensions: dict[str, str], value: float, count: int) -> Any:  # noqa: ANN401 -- a datum
    return {
        "MetricName": metric,
        "Dimensions": [{"Name": name, "Value": text} for name, text in dimensions.items()],
        "Values": [value],
        "Counts": [float(count)],
    }
