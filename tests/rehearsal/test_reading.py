"""Reading hosted zones, record sets and health checks as the API describes them."""

from typing import Any
from uuid import uuid4

import boto3
import pytest

from infra.errors import InfraError
from infra.rehearsal.emulator import Emulator
from infra.rehearsal.route53.config import (
    AlarmCheck,
    AlarmIdentifier,
    AliasTarget,
    CalculatedCheck,
    EndpointCheck,
    Failover,
    HostedZone,
    Latency,
    RecordSet,
    Simple,
    Weighted,
)
from infra.rehearsal.route53.reading import read_configuration, record_set
from infra.rehearsal.route53.reading_checks import CHECKER_REGIONS, checks_in_use, health_check
from tests.rehearsal.zones import VALUE, Zone

A_RECORD: dict[str, Any] = {
    "Name": "API.Example.com.",
    "Type": "A",
    "TTL": 10,
    "ResourceRecords": [{"Value": "192.0.2.1"}],
}


def record(**fields: object) -> RecordSet:
    return record_set({**A_RECORD, **fields})  # type: ignore[typeddict-item] # as an API may answer


def test_a_record_set_is_read_with_its_name_in_one_form() -> None:
    assert record() == RecordSet(
        name="api.example.com", type="A", routing=Simple(), ttl=10, values=("192.0.2.1",)
    )


@pytest.mark.parametrize(
    ("fields", "routing"),
    [
        ({"Failover": "PRIMARY"}, Failover(primary=True)),
        ({"Failover": "SECONDARY"}, Failover(primary=False)),
        ({"Weight": 0}, Weighted(0)),
        ({"Region": "us-west-2"}, Latency("us-west-2")),
    ],
)
def test_the_routing_policies_that_are_obeyed_are_read(
    fields: dict[str, Any], routing: object
) -> None:
    assert record(SetIdentifier="one", **fields).routing == routing


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"GeoLocation": {"CountryCode": "DE"}}, "geolocation"),
        ({"MultiValueAnswer": True}, "multivalue"),
        ({"CidrRoutingConfig": {"CollectionId": "c", "LocationName": "l"}}, "IP-based"),
        ({"GeoProximityLocation": {"AWSRegion": "us-east-1"}}, "geoproximity"),
        ({"Region": "xx-north-9"}, "xx-north-9"),
        ({"AzAffinity": "yes"}, "does not know"),
        ({"Name": "\\052.example.com."}, "wildcard"),
    ],
)
def test_what_is_not_obeyed_is_refused_by_name_and_kind(fields: dict[str, Any], kind: str) -> None:
    with pytest.raises(InfraError, match=kind) as refusal:
        record(**({"SetIdentifier": "one"} | fields))
    assert "example.com A" in str(refusal.value)


def test_a_value_that_is_not_of_its_type_is_refused() -> None:
    with pytest.raises(InfraError, match=r"api\.example\.com A has the value 'not an address'"):
        record(ResourceRecords=[{"Value": "not an address"}])


def test_octal_escapes_are_read_as_the_characters_they_mean() -> None:
    text = record(Type="TXT", ResourceRecords=[{"Value": '"\\100home"'}])
    assert text.values == ('"\\064home"',)


def check(**config: object) -> Any:  # noqa: ANN401 -- each test knows which kind it asked for
    return health_check(
        {"Id": "one", "CallerReference": "x", "HealthCheckVersion": 1, "HealthCheckConfig": config}  # type: ignore[typeddict-item] # as an API may answer
    )


def test_an_endpoint_check_gets_the_defaults_of_the_api() -> None:
    assert check(Type="HTTPS", FullyQualifiedDomainName="api.example.com") == EndpointCheck(
        id="one",
        protocol="HTTPS",
        interval=30,
        failure_threshold=3,
        fqdn="api.example.com",
        address=None,
        port=443,
        path="/",
        search_string=None,
        sni=True,
        regions=CHECKER_REGIONS,
    )


def test_all_of_an_endpoint_check_is_read() -> None:
    assert check(
        Type="HTTP_STR_MATCH",
        IPAddress="192.0.2.1",
        Port=8080,
        ResourcePath="health?deep=no",
        FullyQualifiedDomainName="api.example.com",
        SearchString="ok",
        RequestInterval=10,
        FailureThreshold=2,
        Inverted=True,
        Disabled=True,
        EnableSNI=False,
        Regions=["us-east-1", "us-west-2", "eu-west-1"],
    ) == EndpointCheck(
        id="one",
        inverted=True,
        disabled=True,
        protocol="HTTP",
        interval=10,
        failure_threshold=2,
        fqdn="api.example.com",
        address="192.0.2.1",
        port=8080,
        path="/health?deep=no",
        search_string="ok",
        sni=False,
        regions=("us-east-1", "us-west-2", "eu-west-1"),
    )


def test_calculated_and_alarm_checks_are_read() -> None:
    assert check(
        Type="CALCULATED", ChildHealthChecks=["two", "three"], HealthThreshold=2
    ) == CalculatedCheck(id="one", children=("two", "three"), health_threshold=2)
    assert check(
        Type="CLOUDWATCH_METRIC",
        AlarmIdentifier={"Region": "us-west-2", "Name": "switch"},
        InsufficientDataHealthStatus="LastKnownStatus",
    ) == AlarmCheck(
        id="one",
        alarm=AlarmIdentifier("us-west-2", "switch"),
        insufficient_data="LastKnownStatus",
    )


def test_a_routing_control_is_refused_by_its_kind() -> None:
    with pytest.raises(InfraError, match="one is of kind RECOVERY_CONTROL"):
        check(Type="RECOVERY_CONTROL", RoutingControlArn="arn:aws:route53-recovery-control::1:x")


def listed(**configs: dict[str, Any]) -> dict[str, Any]:
    return {check_id: {"Id": check_id, "HealthCheckConfig": c} for check_id, c in configs.items()}


def in_use(**configs: dict[str, Any]) -> set[str]:
    """Return the ids in use of these health checks, of which a record set names "region"."""
    named = record(SetIdentifier="one", Weight=1, HealthCheckId="region")
    return set(checks_in_use([HostedZone("Z1", "example.com", (named,))], listed(**configs)))


def calculated(*children: str) -> dict[str, Any]:
    return {"Type": "CALCULATED", "ChildHealthChecks": list(children), "HealthThreshold": 1}


ENDPOINT = {"Type": "HTTPS", "FullyQualifiedDomainName": "x.example"}


def test_the_children_of_a_check_in_use_are_in_use() -> None:
    found = in_use(region=calculated("one", "two"), one=ENDPOINT, two=ENDPOINT, three=ENDPOINT)
    assert found == {"region", "one", "two"}


def test_a_calculated_child_of_a_calculated_check_is_refused() -> None:
    with pytest.raises(InfraError, match="region has the child one, which is calculated too"):
        in_use(region=calculated("one"), one=calculated("two"), two=ENDPOINT)


def test_a_child_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InfraError, match="health check region names the health check 'one'"):
        in_use(region=calculated("one"))


@pytest.fixture
def zone(emulator: Emulator) -> Zone:
    session = boto3.Session("test", "test", region_name="us-east-1")
    return Zone(session.client("route53", endpoint_url=emulator.endpoint))


def test_what_was_created_through_the_api_is_read_back(zone: Zone) -> None:
    check_id = zone.add_check(
        Type="HTTPS", FullyQualifiedDomainName="x.example", RequestInterval=10, EnableSNI=True
    )
    zone.add("one", **VALUE)
    zone.add("api", SetIdentifier="a", Failover="PRIMARY", HealthCheckId=check_id, **VALUE)
    zone.add("api", SetIdentifier="b", Failover="SECONDARY", AliasTarget=zone.alias("one"))
    found = read_configuration(zone.route53, {zone.id})
    [read] = found.zones
    assert (read.id, read.name) == (zone.id, zone.name)
    assert read.group(f"api.{zone.name}", "A") == (
        RecordSet(
            name=f"api.{zone.name}",
            type="A",
            routing=Failover(primary=True),
            set_identifier="a",
            ttl=10,
            values=("192.0.2.1",),
            health_check_id=check_id,
        ),
        RecordSet(
            name=f"api.{zone.name}",
            type="A",
            routing=Failover(primary=False),
            set_identifier="b",
            alias=AliasTarget(f"one.{zone.name}", zone.id, evaluate_target_health=True),
        ),
    )
    assert [soa.values[0].split()[-1] for soa in read.group(zone.name, "SOA")] == ["86400"]
    [check] = found.health_checks.values()
    assert isinstance(check, EndpointCheck)
    assert (check.id, check.fqdn, check.interval) == (check_id, "x.example", 10)


def test_more_record_sets_than_one_page_holds_are_all_read(zone: Zone) -> None:
    changes = [
        {
            "Action": "CREATE",
            "ResourceRecordSet": {"Name": f"n{n}.{zone.name}", "Type": "A", **VALUE},
        }
        for n in range(320)
    ]
    zone.route53.change_resource_record_sets(
        HostedZoneId=zone.id,
        ChangeBatch={"Changes": changes},  # type: ignore[typeddict-item] # built above
    )
    [read] = read_configuration(zone.route53, {zone.id}).zones
    assert len({record.name for record in read.record_sets if record.type == "A"}) == 320


def test_a_health_check_that_no_record_set_names_is_left_out(zone: Zone) -> None:
    zone.add_check(Type="HTTPS", FullyQualifiedDomainName="unused.example")
    assert read_configuration(zone.route53, {zone.id}).health_checks == {}


def test_a_health_check_that_does_not_exist_is_refused(zone: Zone) -> None:
    zone.add("api", SetIdentifier="a", Failover="PRIMARY", HealthCheckId="gone", **VALUE)
    with pytest.raises(InfraError, match=r"record set api\..* \(a\) names .*'gone'"):
        read_configuration(zone.route53, {zone.id})


def test_a_private_hosted_zone_is_not_served(zone: Zone) -> None:
    name = f"{uuid4().hex}.example"
    made = zone.route53.create_hosted_zone(
        Name=name, CallerReference=name, VPC={"VPCRegion": "us-east-1", "VPCId": "vpc-1"}
    )
    zone_id = made["HostedZone"]["Id"].removeprefix("/hostedzone/")
    assert read_configuration(zone.route53, {zone_id}).zones == ()


def test_two_public_hosted_zones_of_one_name_are_refused(zone: Zone) -> None:
    twin = zone.route53.create_hosted_zone(Name=zone.name, CallerReference=uuid4().hex)
    twin_id = twin["HostedZone"]["Id"].removeprefix("/hostedzone/")
    with pytest.raises(InfraError, match=f"several public hosted zones are named {zone.name}"):
        read_configuration(zone.route53, {zone.id, twin_id})
    assert len(read_configuration(zone.route53, {zone.id}).zones) == 1


def test_an_alias_to_nothing_or_to_itself_is_refused(zone: Zone) -> None:
    zone.add("one", AliasTarget=zone.alias("two"))
    with pytest.raises(InfraError, match=r"points at two\..* not in the hosted zone"):
        read_configuration(zone.route53, {zone.id})
    zone.add("two", AliasTarget=zone.alias("one"))
    with pytest.raises(InfraError, match="leads back to itself"):
        read_configuration(zone.route53, {zone.id})


def test_a_delegation_is_refused(zone: Zone) -> None:
    zone.add("sub", "NS", TTL=300, ResourceRecords=[{"Value": "ns-1.example.net"}])
    with pytest.raises(InfraError, match="delegates"):
        read_configuration(zone.route53, {zone.id})
