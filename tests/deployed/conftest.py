"""The API as Terraform deploys it, in both regions of an emulator."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

import pytest

from infra.rehearsal.deploy import Deployed
from tests.answer import Answer
from tests.conftest import Operated


@dataclass(frozen=True)
class Api:
    """A deployed API, asked under the primary region's own name unless told otherwise."""

    endpoint: str
    deployed: Deployed

    @property
    def host(self) -> str:
        return self.deployed.deployment.primary.domain_name

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        host: str | None = None,
    ) -> Answer:
        sent = {"Host": host or self.host} | (headers or {})
        request = urllib.request.Request(  # noqa: S310 -- loopback
            f"{self.endpoint}{path}", body, sent, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 -- loopback
                return Answer(response.status, dict(response.headers), response.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers), error.read().decode())

    def write(self, item: dict[str, Any], host: str | None = None) -> Answer:
        headers = {"Content-Type": "application/json", "x-api-key": self.deployed.api_key or ""}
        return self.request("POST", "/write", json.dumps(item).encode(), headers, host)


@pytest.fixture(scope="session")
def api(operated: Operated) -> Api:
    """The deployment that tests share; they keep apart by their items."""
    return Api(operated.emulator.endpoint, operated.deployed)
