"""What a drill changes on AWS: each change knows the call that makes it and the one that undoes it.

All of it goes into the journal before it is made, so that it can be undone by whoever comes later.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, Self

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.deployment import SwitchNames
from infra.errors import InfraError
from infra.operations.switch import IMPATIENT, Switch, seconds_to_next_period

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient


class Change(Protocol):
    """One change.

    Attributes:
        made_by: the call that makes it, in words.
        undone_by: the call that undoes it, in words.
    """

    @property
    def made_by(self) -> str: ...  # noqa: D102 -- above

    @property
    def undone_by(self) -> str: ...  # noqa: D102 -- above

    def make(self) -> None:
        """Make it.

        Raises:
            InfraError: AWS refuses, or can't be reached.
        """

    def undo(self) -> None:
        """Undo it; also what was undone already, or never made.

        Raises:
            InfraError: AWS refuses, or can't be reached.
        """

    def document(self) -> dict[str, Any]:
        """Return what from_document() needs."""


@dataclass(frozen=True)
class ReservedConcurrency:
    """The reserved concurrency of a function, which is to be 0: Lambda then runs it no more.

    Attributes:
        region: where the function is.
        function: its name.
        before: what was reserved before; None if nothing was.
    """

    region: str
    function: str
    before: int | None

    @classmethod
    def of(cls, region: str, function: str) -> Self:
        """Read how it stands.

        Raises:
            InfraError: AWS refuses, or can't be reached.
        """
        with _explained("GetFunctionConcurrency", region):
            found = _functions(region).get_function_concurrency(FunctionName=function)
        return cls(region, function, found.get("ReservedConcurrentExecutions"))

    @property
    def made_by(self) -> str:
        """PutFunctionConcurrency with 0."""
        before = "nothing" if self.before is None else self.before
        return (
            f"lambda:PutFunctionConcurrency {self.function} = 0 in {self.region}, where {before} "
            "is reserved now"
        )

    @property
    def undone_by(self) -> str:
        """PutFunctionConcurrency with what was there, or DeleteFunctionConcurrency."""
        if self.before is None:
            return f"lambda:DeleteFunctionConcurrency {self.function} in {self.region}"
        return f"lambda:PutFunctionConcurrency {self.function} = {self.before} in {self.region}"

    def make(self) -> None:
        """Reserve 0."""
        self._put(0)

    def undo(self) -> None:
        """Reserve what was reserved before."""
        if self.before is not None:
            self._put(self.before)
            return
        with _explained("DeleteFunctionConcurrency", self.region):
            _functions(self.region).delete_function_concurrency(FunctionName=self.function)

    def document(self) -> dict[str, Any]:
        """Return its values."""
        return {"what": "reserved concurrency", **asdict(self)}

    def _put(self, executions: int) -> None:
        with _explained("PutFunctionConcurrency", self.region):
            _functions(self.region).put_function_concurrency(
                FunctionName=self.function, ReservedConcurrentExecutions=executions
            )


@dataclass(frozen=True)
class Withdrawal:
    """The operator's switch, which is to withdraw a region; see docs/runbook.md.

    Attributes:
        names: the switch's.
        pause: waits for so many seconds.
    """

    names: SwitchNames
    pause: Callable[[float], object] = field(default=time.sleep, compare=False, repr=False)

    @property
    def made_by(self) -> str:
        """PutMetricData with 1."""
        return f"cloudwatch:PutMetricData {self._metric} = 1 in {self.names.region}"

    @property
    def undone_by(self) -> str:
        """PutMetricData with 0, until the switch follows."""
        return (
            f"cloudwatch:PutMetricData {self._metric} = 0 in {self.names.region}, again within a "
            "minute"
        )

    @property
    def _metric(self) -> str:
        dimensions = ",".join(f"{name}={value}" for name, value in self.names.dimensions.items())
        return f"{self.names.namespace}/{self.names.metric_name} {dimensions}"

    def make(self) -> None:
        """Put a 1."""
        Switch(self.names).put(withdrawn=True)

    def undo(self) -> None:
        """Put a 0, and another in the next period, since in one period a 1 beats it."""
        switch = Switch(self.names)
        switch.put(withdrawn=False)
        self.pause(seconds_to_next_period(time.time()))
        switch.put(withdrawn=False)

    def document(self) -> dict[str, Any]:
        """Return its values."""
        return {"what": "switch", "names": asdict(self.names)}


def from_document(document: Mapping[str, Any]) -> Change:
    """Return the change that a document is of.

    Raises:
        KeyError, TypeError: it is of none that is known.
    """
    values = dict(document)
    kinds: dict[str, Callable[..., Change]] = {
        "reserved concurrency": ReservedConcurrency,
        "switch": lambda names: Withdrawal(SwitchNames(**names)),
    }
    return kinds[values.pop("what")](**values)


def _functions(region: str) -> "LambdaClient":
    return boto3.client("lambda", region_name=region, config=IMPATIENT)


@contextlib.contextmanager
def _explained(action: str, region: str) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise InfraError(
            f"{action} in {region} failed: {error}. It needs credentials with lambda:{action}"
        ) from error
