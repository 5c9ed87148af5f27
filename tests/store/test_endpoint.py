"""The app's client goes where boto3's goes."""

from typing import Any

import boto3
import pytest
from botocore import endpoint_provider, loaders
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config

from chalicelib.endpoint import url

_VARIANTS = {
    "plain": {},
    "fips": {"AWS_USE_FIPS_ENDPOINT": "true"},
    "dual stack": {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
    "both": {"AWS_USE_FIPS_ENDPOINT": "True", "AWS_USE_DUALSTACK_ENDPOINT": "TRUE"},
}
_CALLS: dict[str, dict[str, Any]] = {
    "get_item": {"Key": {}},
    "put_item": {"Item": {}},
    "scan": {},
    "describe_table": {},
}
each_variant = pytest.mark.parametrize("variant", _VARIANTS.values(), ids=_VARIANTS)


def _hosts_of_boto3(region: str) -> set[str]:
    """Return where the four operations go, as boto3 sends them in this environment."""
    hosts: set[str] = set()

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        hosts.add(request.url.rstrip("/"))
        return AWSResponse(request.url, 200, HTTPHeaders(), _Empty())

    client = boto3.client(
        "dynamodb",
        region,
        aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106 -- sent nowhere
        config=Config(parameter_validation=False),
    )
    client.meta.events.register("before-send", answer)  # type: ignore[arg-type] # the stub knows no answer
    for name, parameters in _CALLS.items():
        getattr(client, name)(TableName="items", **parameters)
    return hosts


class _Empty:
    """The body of an answer."""

    def stream(self) -> list[bytes]:
        return [b"{}"]


@pytest.fixture(autouse=True)
def _no_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


@each_variant
@pytest.mark.parametrize(
    "region",
    [
        "us-east-1",
        "us-west-2",
        "eu-central-1",
        "mx-central-1",
        "cn-north-1",
        "us-gov-west-1",
        "us-iso-east-1",
        "us-isob-east-1",
        "eusc-de-east-1",
    ],
)
def test_four_operations_go_to_the_host_that_boto3_takes(
    region: str, variant: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variant.items():
        monkeypatch.setenv(name, value)
    assert _hosts_of_boto3(region) == {url(region, variant)}


@each_variant
def test_every_region_that_botocore_knows_goes_where_its_rules_say(variant: dict[str, str]) -> None:
    loader = loaders.create_loader()
    rules = loader.load_service_model("dynamodb", "endpoint-rule-set-1")
    partitions: Any = loader.load_data("partitions")
    provider = endpoint_provider.EndpointProvider(rules, partitions)
    known = {name for partition in partitions["partitions"] for name in partition["regions"]}
    regions = {name for name in known if not name.endswith("-global")}  # nothing runs in those
    assert len(regions) > 40
    for region in regions | {"us-new-9", "cn-new-9", "us-gov-new-9"}:
        found = provider.resolve_endpoint(
            Region=region,
            UseFIPS="AWS_USE_FIPS_ENDPOINT" in variant,
            UseDualStack="AWS_USE_DUALSTACK_ENDPOINT" in variant,
        )
        assert url(region, variant) == found.url, region


@pytest.mark.parametrize(
    ("environment", "goes_to"),
    [
        ({}, "https://dynamodb.us-east-1.amazonaws.com"),
        ({"AWS_ENDPOINT_URL": "http://a.test"}, "http://a.test"),
        ({"AWS_ENDPOINT_URL_DYNAMODB": "http://d.test:8000"}, "http://d.test:8000"),
        (
            {"AWS_ENDPOINT_URL": "http://a.test", "AWS_ENDPOINT_URL_DYNAMODB": "http://d.test"},
            "http://d.test",
        ),
        (
            {"AWS_ENDPOINT_URL": "http://a.test", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
            "https://dynamodb.us-east-1.amazonaws.com",
        ),
        ({"AWS_USE_FIPS_ENDPOINT": "false"}, "https://dynamodb.us-east-1.amazonaws.com"),
    ],
)
def test_the_environment_is_obeyed_as_boto3_does(
    environment: dict[str, str], goes_to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert _hosts_of_boto3("us-east-1") == {url("us-east-1", environment)} == {goes_to}


def test_a_named_endpoint_and_a_kind_of_endpoint_exclude_each_other() -> None:
    environment = {"AWS_ENDPOINT_URL": "http://a.test", "AWS_USE_FIPS_ENDPOINT": "true"}
    with pytest.raises(ValueError, match=r"http://a\.test leaves no choice .* unset these two"):
        url("us-east-1", environment)


def test_a_function_that_knows_no_region_asks_dynamodb_local() -> None:
    assert {url("local", {})} == _hosts_of_boto3("local")
