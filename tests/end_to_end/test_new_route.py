"""What the README says of adding a route is so: its own example and all other verbs, deployed.

The emulator lets API Gateway call any function, where AWS asks the function's policy. So what AWS
would be asked is held against the policy that was deployed.
"""

import fnmatch
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from rich.console import Console

from infra import ROOT
from infra.display import Display
from infra.rehearsal import emulator as emulators
from infra.rehearsal.deploy import Deployed, applied, environment_of
from infra.terraform import Terraform
from tests.end_to_end.conftest import Project

pytestmark = pytest.mark.rehearsal

OTHER_VERBS = """

@app.route("/things/{thing_id}", methods=["HEAD", "PUT", "PATCH", "DELETE"])
def things(thing_id: str) -> dict[str, object]:
    return {"Thing": thing_id, "Verb": app.current_request.method}
"""


@dataclass(frozen=True)
class Stack:
    """A deployment of the project with the README's routes."""

    endpoint: str
    deployed: Deployed

    def call(self, method: str, path: str) -> tuple[int, dict[str, object]]:
        region = self.deployed.deployment.standby.domain_name
        headers = {"Host": region, "x-api-key": self.deployed.api_key or ""}
        headers["Content-Type"] = "application/json"
        request = urllib.request.Request(  # noqa: S310 -- loopback
            f"{self.endpoint}{path}", headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 -- loopback
                return answer.status, json.loads(answer.read() or "{}")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def function_of(self, path: str, method: str) -> str:
        """Return the function, with its alias, that API Gateway calls for a route."""
        [resource] = (r["id"] for r in self._resources() if r["path"] == path)
        integration = self._client("apigateway").get_integration(
            restApiId=self._api(), resourceId=resource, httpMethod=method
        )
        uri: str = integration["uri"]
        return uri.partition(":function:")[2].removesuffix("/invocations")

    def may_be_called(self, function: str, method: str, path: str) -> bool:
        """Return whether the function's policy lets API Gateway call it for a route."""
        name, alias = function.split(":")
        answer = self._client("lambda").get_policy(FunctionName=name, Qualifier=alias)
        asked = f":{self._api()}/v1/{method}{path}"
        return any(
            statement["Principal"] == {"Service": "apigateway.amazonaws.com"}
            and statement["Resource"].endswith(f":{function}")
            and fnmatch.fnmatchcase(asked, ":" + _source(statement).rpartition(":")[2])
            for statement in json.loads(answer["Policy"])["Statement"]
        )

    def _api(self) -> str:
        [api] = self._client("apigateway").get_rest_apis()["items"]
        identity: str = api["id"]
        return identity

    def _resources(self) -> list[dict[str, str]]:
        answer = self._client("apigateway").get_resources(restApiId=self._api())
        resources: list[dict[str, str]] = answer["items"]
        return resources

    def _client(self, service: Any) -> Any:  # noqa: ANN401 -- any service's
        return boto3.client(
            service,
            region_name=self.deployed.deployment.standby.name,
            endpoint_url=self.endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 -- any will do for the emulator
        )


def _source(statement: dict[str, Any]) -> str:
    source: str = statement["Condition"]["ArnLike"]["AWS:SourceArn"]
    return source


@pytest.fixture
def stack(project: Project, tmp_path: Path) -> Iterator[Stack]:
    readme = (ROOT / "README.md").read_text()
    [example] = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    with (project.root / "app.py").open("a") as routes:
        routes.write(f"\n\n{example}{OTHER_VERBS}")
    with emulators.running() as emulator:
        deployed = applied(project.root, emulator, tmp_path, Display(Console(quiet=True)))
        terraform = Terraform(project.root / "infra", environment_of(emulator, tmp_path))
        assert terraform.planned_changes() == []
        yield Stack(emulator.endpoint, deployed)


def test_a_new_route_lands_on_the_function_for_its_verb_which_may_be_called(stack: Stack) -> None:
    assert stack.function_of("/exists/{item_id}", "GET") == "multi-region-api-read:live"
    assert stack.function_of("/reserve/{item_id}", "POST") == "multi-region-api-write:live"

    assert stack.call("GET", "/exists/a-name")[0] == 404
    assert stack.call("POST", "/reserve/a-name")[1]["ItemId"] == "a-name"
    assert stack.call("POST", "/reserve/a-name")[0] == 412
    status, body = stack.call("GET", "/exists/a-name")
    assert (status, body["Region"]) == (200, "us-west-2")
    assert "WrittenAt" in body

    for method in ("HEAD", "PUT", "PATCH", "DELETE"):
        function = stack.function_of("/things/{thing_id}", method)
        assert function == f"multi-region-api-{'read' if method == 'HEAD' else 'write'}:live"
        assert stack.may_be_called(function, method, "/things/*")
        assert stack.call(method, "/things/one")[0] == 200
    assert not stack.may_be_called("multi-region-api-read:live", "PUT", "/things/*")
    assert not stack.may_be_called("multi-region-api-write:live", "GET", "/things/*")
