"""docs/openapi.yaml says what is deployed: the same routes, and no answer off its schemas."""

import json
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.conftest import TESTS, Operated
from tests.deployed.conftest import Api

DOCUMENT: dict[str, Any] = yaml.safe_load((TESTS.parent / "docs/openapi.yaml").read_text())
VERBS = {"get", "head", "post", "put", "patch", "delete"}

schema = schemathesis.openapi.from_dict(DOCUMENT)


def operations(document: dict[str, Any]) -> set[tuple[str, str, bool]]:
    """Return path, verb and whether a key is needed, of each operation."""
    return {
        (path, verb, bool(operation.get("security")))
        for path, item in document["paths"].items()
        for verb, operation in item.items()
        if verb in VERBS
    }


def test_the_document_has_the_routes_that_chalice_generates(operated: Operated) -> None:
    generated = json.loads((operated.root / "infra/build/primary/chalice.tf.json").read_text())
    assert operations(DOCUMENT) == operations(
        json.loads(generated["locals"]["chalice_api_swagger"])
    )


@schema.parametrize()
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_no_answer_is_off_the_document(case: schemathesis.Case[Any], api: Api) -> None:
    headers = {"Host": api.host, "x-api-key": api.deployed.api_key or ""}
    case.call_and_validate(
        base_url=api.endpoint,
        headers=headers,
        # An ItemId of 2,048 characters may be over 2,048 bytes, a Data may name a member twice: no
        # JSON Schema can say so, and a 400 is right.
        excluded_checks=[positive_data_acceptance],
    )


@pytest.mark.parametrize("path", sorted(DOCUMENT["paths"]))
def test_every_documented_route_is_served(api: Api, path: str) -> None:
    assert api.request("GET", path).status in {200, 405}
