"""What the README says of adding a route is so: its own example, deployed."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from rich.console import Console

from infra.display import Display
from infra.rehearsal import emulator as emulators
from infra.rehearsal.deploy import deployed
from infra.rehearsal.regions import Deployment
from tests.end_to_end.conftest import ROOT, Project

pytestmark = pytest.mark.rehearsal


@dataclass(frozen=True)
class Stack:
    """A deployment of the project with the README's routes."""

    endpoint: str
    deployment: Deployment

    def call(self, method: str, path: str) -> tuple[int, dict[str, object]]:
        region = self.deployment.standby.domain_name
        headers = {"Host": region, "x-api-key": self.deployment.api_key or ""}
        headers["Content-Type"] = "application/json"
        request = urllib.request.Request(  # noqa: S310 -- loopback
            f"{self.endpoint}{path}", headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 -- loopback
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def function_of(self, path: str, method: str) -> str:
        """Return the function, with its alias, that API Gateway calls for a route."""
        gateway = boto3.client(
            "apigateway",
            region_name=self.deployment.standby.name,
            endpoint_url=self.endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 -- any will do for the emulator
        )
        [api] = gateway.get_rest_apis()["items"]
        resources = gateway.get_resources(restApiId=api["id"])["items"]
        [resource] = (r["id"] for r in resources if r["path"] == path)
        integration = gateway.get_integration(
            restApiId=api["id"], resourceId=resource, httpMethod=method
        )
        return integration["uri"].partition(":function:")[2].removesuffix("/invocations")


@pytest.fixture
def stack(project: Project, tmp_path: Path) -> Iterator[Stack]:
    readme = (ROOT / "README.md").read_text()
    [example] = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    with (project.root / "app.py").open("a") as routes:
        routes.write(f"\n\n{example}")
    with (
        emulators.running() as emulator,
        deployed(project.root, emulator, tmp_path, Display(Console(quiet=True))) as deployment,
    ):
        yield Stack(emulator.endpoint, deployment)


def test_a_new_get_lands_on_the_reader_and_a_new_post_on_the_writer(stack: Stack) -> None:
    assert stack.function_of("/exists/{item_id}", "GET") == "multi-region-api-read:live"
    assert stack.function_of("/reserve/{item_id}", "POST") == "multi-region-api-write:live"

    assert stack.call("GET", "/exists/a-name")[0] == 404
    assert stack.call("POST", "/reserve/a-name")[1]["ItemId"] == "a-name"
    assert stack.call("POST", "/reserve/a-name")[0] == 412
    status, body = stack.call("GET", "/exists/a-name")
    assert (status, body["Region"]) == (200, "us-west-2")
    assert "WrittenAt" in body
