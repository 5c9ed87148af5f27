"""Which deployment is operated, as its file says it."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from infra.deployment import Deployment
from infra.errors import InfraError
from infra.operations import deployment_file
from infra.promise import Range

PRIMARY, STANDBY = "us-east-1", "us-west-2"


def override(role: str, region: str) -> dict[str, Any]:
    return {
        "region": region,
        "namespace": "MultiRegionApi",
        "metric_name": f"{role.capitalize()}Withdrawn",
        "dimensions": {"Stack": "one"},
        "alarm_name": f"one-{role}-withdrawn",
        "health_check_id": f"{role} switch",
    }


DOCUMENT: dict[str, Any] = {
    "stack": "one",
    "domain_name": "a.test",
    "routing": "latency",
    "regions": {
        role: {
            "region": region,
            "domain_name": f"{region}.a.test",
            "health_check_id": f"{role} records",
            "endpoint_check_id": f"{role} endpoint",
            "override": override(role, other),
        }
        for role, region, other in (
            ("primary", PRIMARY, STANDBY),
            ("secondary", STANDBY, PRIMARY),
        )
    },
    "override": override("primary", STANDBY),
}


@pytest.mark.parametrize(
    ("ttl", "outage"), [(10, Range(20, 58)), (None, Range(20, 108))], ids=["CNAME", "alias"]
)
def test_a_deployments_file_says_what_is_promised(
    ttl: int | None, outage: Range, tmp_path: Path
) -> None:
    path = tmp_path / "deployment.json"
    check = {"interval": 10, "threshold": 3}
    path.write_text(json.dumps(DOCUMENT | {"health_check": check, "dns_ttl": ttl}))
    promise = deployment_file.read(path).promise
    assert promise is not None
    assert promise.outage == outage
    path.write_text(json.dumps(DOCUMENT))
    assert deployment_file.read(path).promise is None


def test_a_deployment_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "deployment.json"
    path.write_text(json.dumps(DOCUMENT))
    found = deployment_file.read(path)
    assert (found.stack, found.standby.name) == ("one", STANDBY)
    assert found.primary.endpoint_check_id == "primary endpoint"
    assert found.primary.its_switch.dimensions == {"Stack": "one"}
    assert (found.routing, found.named(STANDBY).its_switch.metric_name) == (
        "latency",
        "SecondaryWithdrawn",
    )
    assert found.standby.its_health_check == "secondary records"


def test_weights_are_those_of_the_file_and_decide_who_serves(tmp_path: Path) -> None:
    path = tmp_path / "deployment.json"
    weighted = {"routing": "weighted", "weights": {"primary": 0, "secondary": 100}}
    path.write_text(json.dumps(DOCUMENT | weighted))
    found = deployment_file.read(path)
    assert [region.name for region in found.serving] == [STANDBY]
    assert found.weights_of(found.standby) == (100, 0)


def test_names_alone_do_not_tell_which_health_check_is_followed() -> None:
    named = Deployment.from_names("one", "a.test", PRIMARY, STANDBY)
    with pytest.raises(InfraError, match=f"{PRIMARY} is not known.*deployment's file"):
        _ = named.primary.its_health_check


def test_a_file_from_before_each_region_had_a_switch_is_read_too(tmp_path: Path) -> None:
    old = copy.deepcopy(DOCUMENT)
    del old["routing"]
    for region in old["regions"].values():
        del region["override"]
    path = tmp_path / "deployment.json"
    path.write_text(json.dumps(old))
    found = deployment_file.read(path)
    assert (found.routing, found.standby.switch) == ("failover", None)
    assert found.primary.its_switch.alarm_name == "one-primary-withdrawn"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"stack": "one", "regions": {}}'])
def test_a_file_that_is_something_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "deployment.json"
    path.write_text(text)
    with pytest.raises(InfraError, match=r"terraform -chdir=infra output -json deployment"):
        deployment_file.read(path)


def test_without_a_file_the_ways_to_name_a_deployment_are_told(tmp_path: Path) -> None:
    with pytest.raises(InfraError, match=r"is not there.*--stack, --domain-name"):
        deployment_file.read(tmp_path / "deployment.json")


def test_the_only_file_of_a_folder_needs_no_name(tmp_path: Path) -> None:
    with pytest.raises(InfraError, match=r"holds no deployment's file: .*--stack, --domain-name"):
        deployment_file.only_file(tmp_path)
    staging = tmp_path / "staging.json"
    staging.write_text("{}")
    assert deployment_file.only_file(tmp_path) == staging
    (tmp_path / "prod.json").write_text("{}")
    with pytest.raises(InfraError, match=r"prod\.json, .*staging\.json with --deployment"):
        deployment_file.only_file(tmp_path)
