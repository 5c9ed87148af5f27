"""The two functions of one region, as Lambda has them: aliases, versions, invocations."""

import base64
import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra.errors import InfraError
from infra.functions import ALIAS, name_of
from infra.operations.switch import IMPATIENT
from infra.releases.marks import Mark

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

# An invocation may take all of the function's 10 s, and the first of a version a start besides.
_PATIENT = Config(connect_timeout=3, read_timeout=20, retries={"total_max_attempts": 1})


@dataclass(frozen=True)
class Alias:
    """What an alias says.

    Attributes:
        kind: of which function: read or write.
        region: where.
        version: the version that serves.
        weights: by version, the share (0 to 1) of those that serve besides.
        mark: the release that it is in, or was in last; None if it was in none.
        revision: changes with every change of the alias.
    """

    kind: str
    region: str
    version: str
    weights: Mapping[str, float]
    mark: Mark | None
    revision: str

    def __str__(self) -> str:
        return f"{self.kind} in {self.region}"


class TakenOverError(InfraError):
    """Somebody else has changed an alias since it was read."""

    def __init__(self, found: Alias) -> None:
        super().__init__(f"{found} was changed by somebody else: {found.mark or 'by hand'}")


@dataclass(frozen=True)
class Version:
    """A published version.

    Attributes:
        number: as Lambda counts, for each function and region apart.
        code: the SHA-256 of its package, in hexadecimal digits: the same in both regions.
        published: when.
        state: Pending, Active, Inactive (it starts anew when it is asked) or Failed.
        reason: why it is in that state.
    """

    number: str
    code: str
    published: datetime
    state: str
    reason: str


@dataclass(frozen=True)
class Reply:
    """What came of one invocation.

    Attributes:
        status: the HTTP status that it answered with; None if it crashed.
        text: the body; what it crashed with, in words.
    """

    status: int | None
    text: str


@dataclass(frozen=True)
class Functions:
    """The functions of one stack in one region, with the environment's credentials.

    Its methods raise InfraError where Lambda refuses or can't be reached, with the right it takes.

    Attributes:
        stack: Terraform's var.name, with which their names begin.
        region: which region.
    """

    stack: str
    region: str
    _client: "LambdaClient" = field(init=False, repr=False, compare=False)
    _invoker: "LambdaClient" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the clients, which connects to nothing yet."""
        for name, config in {"_client": IMPATIENT, "_invoker": _PATIENT}.items():
            client = boto3.client("lambda", region_name=self.region, config=config)
            object.__setattr__(self, name, client)

    def name(self, kind: str) -> str:
        """Return the name of a function."""
        return name_of(self.stack, kind)

    def alias(self, kind: str) -> Alias:
        """Read an alias."""
        with self._explained("GetAlias"):
            found = self._client.get_alias(FunctionName=self.name(kind), Name=ALIAS)
        return self._alias(kind, cast("Mapping[str, Any]", found))

    def move(
        self, alias: Alias, version: str, weights: Mapping[str, float], mark: Mark, *, force: bool
    ) -> Alias:
        """Change an alias; return what it says then.

        Args:
            alias: as it was read, or moved, last.
            version: the version that is to serve.
            weights: by version, the share of those that are to serve besides.
            mark: what it is to remember.
            force: to change it also if somebody else has changed it since.

        Raises:
            TakenOverError: somebody else has changed it since.
        """
        unless: Any = {} if force else {"RevisionId": alias.revision}
        try:
            with self._explained("UpdateAlias"):
                told = self._client.update_alias(
                    FunctionName=self.name(alias.kind),
                    Name=ALIAS,
                    FunctionVersion=version,
                    RoutingConfig={"AdditionalVersionWeights": weights},
                    Description=str(mark),
                    **unless,
                )
        except self._client.exceptions.PreconditionFailedException as error:
            found = self.alias(alias.kind)
            # The answer to a first try may have been lost, and the second be refused; the weights
            # may be Lambda's own by now.
            if (found.version, str(found.mark)) == (version, str(mark)):
                return found
            raise TakenOverError(found) from error
        return self._alias(alias.kind, cast("Mapping[str, Any]", told))

    def versions(self, kind: str) -> list[Version]:
        """Return the published versions, the newest first."""
        with self._explained("ListVersionsByFunction"):
            pages = self._client.get_paginator("list_versions_by_function").paginate(
                FunctionName=self.name(kind)
            )
            found = [_version(page) for p in pages for page in p["Versions"]]
        published = (version for version in found if version.number.isdecimal())
        return sorted(published, key=lambda version: int(version.number), reverse=True)

    def version(self, kind: str, number: str) -> Version:
        """Read one version."""
        with self._explained("GetFunctionConfiguration"):
            found = self._client.get_function_configuration(
                FunctionName=self.name(kind), Qualifier=number
            )
        return _version(cast("Mapping[str, Any]", found))

    def invoke(self, kind: str, qualifier: str, event: Mapping[str, Any]) -> Reply:
        """Have a version, or what the alias names, answer one request of API Gateway's."""
        with self._explained("InvokeFunction"):
            told = self._invoker.invoke(
                FunctionName=self.name(kind),
                Qualifier=qualifier,
                Payload=json.dumps(event).encode(),
            )
            with contextlib.closing(told["Payload"]) as stream:
                payload = json.loads(stream.read())
        if told.get("FunctionError"):
            return Reply(None, str(payload.get("errorMessage", told["FunctionError"])))
        return Reply(int(payload["statusCode"]), payload.get("body", ""))

    def delete(self, kind: str, number: str) -> None:
        """Delete one version."""
        if not number.isdecimal():  # without a version, Lambda deletes the function
            raise ValueError(f"{number!r} is no version of {self.name(kind)}")
        with self._explained("DeleteFunction"):
            self._client.delete_function(FunctionName=self.name(kind), Qualifier=number)

    def _alias(self, kind: str, told: Mapping[str, Any]) -> Alias:
        routing = told.get("RoutingConfig") or {}
        return Alias(
            kind,
            self.region,
            told["FunctionVersion"],
            routing.get("AdditionalVersionWeights") or {},
            Mark.parse(told.get("Description") or ""),
            told["RevisionId"],
        )

    @contextlib.contextmanager
    def _explained(self, action: str) -> Iterator[None]:
        try:
            yield
        except self._client.exceptions.PreconditionFailedException:
            raise
        except (BotoCoreError, ClientError) as error:
            raise InfraError(
                f"{action} in {self.region} failed: {error}. It needs credentials with "
                f"lambda:{action} on function:{self.stack}-*"
            ) from error


def _version(told: Mapping[str, Any]) -> Version:
    return Version(
        told["Version"],
        base64.b64decode(told["CodeSha256"]).hex(),
        datetime.fromisoformat(told["LastModified"].replace("+0000", "+00:00")),
        told.get("State", "Active"),
        told.get("StateReason", ""),
    )
