"""The rehearsal passes as the project stands, and fails when failover would not work."""

from collections.abc import Callable
from pathlib import Path

import pytest

from infra.rto.model import Seconds, Setting, World, simulate
from tests.end_to_end.conftest import SPEED, Project

pytestmark = pytest.mark.rehearsal


# A second of this machine's own delays, in simulated seconds.
SLACK = 1.0 * SPEED
# What waits in vain may do so in less time: no figure of it counts.
QUICKLY = ("--speed", "5")


def within(modelled: Seconds, value: float) -> bool:
    """Tell whether a figure is one that the model of `python -m infra rto` has."""
    return bool(modelled[0] - SLACK <= value <= modelled[-1] + SLACK)


def test_a_lost_region_is_survived_within_the_promise_and_without_losing_a_write(
    untouched: Project, processes_left: Callable[[Path], list[str]]
) -> None:
    rehearsal = untouched.rehearse()

    assert rehearsal.status == 0, rehearsal.output
    outage = rehearsal.figure("client outage, max")
    assert outage["promised"] == {"low": 28.0, "high": 58.0}
    assert 28 <= outage["value"] <= 58
    simulated = simulate(Setting(10, 3, 10), World())
    assert within(simulated.detections, rehearsal.figure("detection")["value"])
    assert within(simulated.outages, rehearsal.figure("client outage, p50")["value"])
    assert within(simulated.outages, outage["value"])
    assert rehearsal.figure("acknowledged writes")["value"] > 100
    assert rehearsal.figure("missing in the standby")["value"] == 0
    assert rehearsal.figure("missing in the primary, healed")["value"] == 0
    assert rehearsal.page is not None
    assert "Passed:" in rehearsal.page
    assert processes_left(untouched.root) == []


def test_a_primary_record_without_a_health_check_is_found_out(project: Project) -> None:
    project.replace(
        "infra/routing.tf",
        "health_check_id = local.health_check_ids[each.value.policy][each.value.role]",
        'health_check_id = each.value.role == "PRIMARY" ? null : '
        "local.health_check_ids[each.value.policy][each.value.role]",
    )

    rehearsal = project.rehearse(*QUICKLY)

    assert rehearsal.status == 1, rehearsal.output
    assert (
        "the PRIMARY record of _failover.api.example.com CNAME (us-east-1) has no health check"
        in (rehearsal.output)
    )
    assert rehearsal.figure("DNS switch")["value"] is None
    assert rehearsal.page is not None
    assert "has no health check" in rehearsal.page


def test_a_probe_of_the_regional_target_and_a_missing_replica_are_found_out(
    project: Project,
) -> None:
    project.replace(
        "infra/routing.tf",
        "fqdn              = each.value.regional_domain_name",
        'fqdn              = each.key == "PRIMARY" ? each.value.target.name : '
        "each.value.regional_domain_name",
    )
    table = (project.root / "infra/table.tf").read_text()
    start = table.index('resource "aws_dynamodb_table_replica"')
    project.replace("infra/table.tf", table[start:], "")
    project.replace(
        "infra/api.tf", "aws_dynamodb_table_replica.items.arn", "aws_dynamodb_table.items.arn"
    )

    rehearsal = project.rehearse(*QUICKLY)

    assert rehearsal.status == 1, rehearsal.output
    assert "the health check of us-east-1 fails" in rehearsal.output
    assert "answered 403 Forbidden" in rehearsal.output
    assert "probe us-east-1.api.example.com" in rehearsal.output
    assert "the health check of us-west-2 fails" in rehearsal.output
    assert "us-west-2.api.example.com answered 503" in rehearsal.output
    assert rehearsal.report is not None
    assert rehearsal.report["figures"] == [], "the region was cut although it was not well"
