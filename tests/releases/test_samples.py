"""What CloudWatch counts of two versions behind one alias, from requests to numbers."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from infra import ROOT
from infra.errors import InfraError
from infra.rehearsal.emulator import Emulator
from infra.releases.samples import Sample, Samples
from tests.emulator.cloud import REGIONS, Cloud, packaged, reach, unique

# Logs as chalicelib/answers.py does; version 2 is slower, and fails.
CODE = """
import logging, time
def handler(event, context):
    failed = context.function_version == "2"
    if event.get("crash"):
        raise ValueError("out of order")
    time.sleep(0.2 if failed else 0.01)
    extra = {"status": 503 if failed else 200, "function": context.function_name,
             "version": context.function_version}
    logging.getLogger("any").info("request", extra=extra)
    return {"statusCode": extra["status"], "body": ""}
"""
HCL = ROOT / "infra/region/releases.tf"


def test_failures_and_durations_are_told_by_version(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach(emulator, monkeypatch)
    cloud = Cloud(emulator.endpoint)
    began = datetime.now(UTC)
    function, api = cloud.api_of_alias(packaged(CODE), {"2": 0.25})
    pattern = re.search(r'pattern\s+= "(.*)"', HCL.read_text())
    assert pattern is not None
    group = f"/aws/lambda/{function}"
    cloud.get(api, {})  # which makes the group, and is counted by nobody
    cloud.client("logs").put_metric_filter(
        logGroupName=group,
        filterName="server-errors",
        filterPattern=pattern[1].replace('\\"', '"'),
        metricTransformations=[
            {
                "metricNamespace": "MultiRegionApi",
                "metricName": "ServerErrors",
                "metricValue": "1",
                "dimensions": {"Function": "$.function", "Version": "$.version"},
            }
        ],
    )
    statuses = [cloud.get(api, {}) for _ in range(11)]
    assert statuses.count(503) == 3
    cloud.functions.invoke(FunctionName=function, Qualifier="1", Payload=b'{"crash": 1}')

    old, new = Samples(REGIONS[0]).of(function, ["1", "2"], began, datetime.now(UTC))

    assert (old.invocations, old.crashes, old.server_errors) == (9, 0, 0)
    assert (new.invocations, new.crashes, new.server_errors) == (3, 0, 3)
    assert new.rate == 1.0
    assert old.p99 is not None
    assert new.p99 is not None
    assert 10 <= old.p99 < 200 <= new.p99
    [nobody] = Samples(REGIONS[0]).of(function, ["3"], began, datetime.now(UTC))
    assert (nobody.invocations, nobody.rate, nobody.p99) == (0, 0.0, None)


def test_all_of_the_minute_counts_in_which_a_canary_began(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach(emulator, monkeypatch)
    minute = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=2)
    function = unique()
    of = {"FunctionName": function, "Resource": f"{function}:live", "ExecutedVersion": "2"}
    Cloud(emulator.endpoint).client("cloudwatch").put_metric_data(
        Namespace="AWS/Lambda",
        MetricData=[
            {
                "MetricName": "Invocations",
                "Dimensions": [{"Name": name, "Value": value} for name, value in of.items()],
                "Timestamp": minute,  # as Lambda's metrics have it, which are of whole minutes
                "Value": 7.0,
            }
        ],
    )
    began = minute + timedelta(seconds=30)
    [sample] = Samples(REGIONS[0]).of(function, ["2"], began, began + timedelta(minutes=1))
    assert sample.invocations == 7


def test_nothing_is_asked_of_a_time_that_has_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    began = datetime(2026, 11, 25, 3, 15, tzinfo=UTC)
    for until in (began - timedelta(seconds=120), began):
        assert Samples(REGIONS[0]).of("any", ["1", "2"], began, until) == [Sample(), Sample()]
    with pytest.raises(InfraError, match=r"GetMetricData in us-east-1 failed: .*GetMetricData$"):
        Samples(REGIONS[0]).of("any", ["1"], began, began + timedelta(seconds=1))
