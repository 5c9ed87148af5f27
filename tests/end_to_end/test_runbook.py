"""The runbook knows every alarm that a deployment can raise, and no other."""

import re

import boto3
import pytest

from infra import ROOT
from tests.conftest import Operated

pytestmark = pytest.mark.rehearsal

PRIMARY, STANDBY = "us-east-1", "us-west-2"


def test_every_alarm_has_a_row_that_says_what_to_do(reached: Operated) -> None:
    stack = f"{reached.deployed.deployment.stack}-"
    alarms = {
        alarm["AlarmName"].removeprefix(stack).replace(STANDBY, PRIMARY)
        for region in (PRIMARY, STANDBY)
        for page in boto3.client("cloudwatch", region).get_paginator("describe_alarms").paginate()
        for alarm in page["MetricAlarms"]
    }
    assert len(alarms) > 12
    text = (ROOT / "docs" / "runbook.md").read_text()
    section = text.partition("woke you")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+?) \|(.+)\|$", section, re.MULTILINE)
    known = [name for names, _ in rows for name in re.findall("`([a-z0-9-]+)`", names)]
    assert sorted(known) == sorted(alarms)
    assert all(rest.count("|") == 3 for _, rest in rows), "see, check, do, undo"
