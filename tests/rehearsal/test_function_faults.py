"""Each fault of a region's functions breaks them by calls to AWS, and leaves them as they were."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.clock import Clock
from infra.deployment import Region
from infra.functions import ALIAS
from infra.promise import Promise
from infra.rehearsal.emulator import Emulator
from infra.rehearsal.faults import FAULTS, parse
from infra.rehearsal.front import RegionFront
from infra.rehearsal.functions import RegionFunctions
from infra.rehearsal.route53 import Route53StandIn, Surroundings
from infra.rehearsal.scene import Scene
from infra.threads import to_its_end
from tests.emulator.cloud import packaged
from tests.rehearsal.endpoints import server_tls

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)


@dataclass
class Functions:
    """Two functions with aliases and roles of a stack of its own."""

    emulator: Emulator
    stack: str = field(default_factory=lambda: f"t{uuid4().hex[:12]}")

    def __post_init__(self) -> None:
        session = boto3.Session("test", "test")
        self.region = RegionFunctions.of(session, self.emulator.endpoint, self.stack, "us-east-1")
        self.impatient = session.client(
            "lambda",
            region_name="us-east-1",
            endpoint_url=self.emulator.endpoint,
            config=Config(retries={"total_max_attempts": 1}),
        )

    def create(self, name: str) -> None:
        role = self.region.iam_client.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
        self.region.lambda_client.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="handler.handler",
            Role=role["Role"]["Arn"],
            Code={"ZipFile": packaged("def handler(event, context):\n    return 1\n")},
        )
        versions = [
            self.region.lambda_client.publish_version(FunctionName=name, Description=text)[
                "Version"
            ]
            for text in ("one", "two")
        ]
        self.region.lambda_client.create_alias(
            FunctionName=name,
            Name=ALIAS,
            FunctionVersion=versions[0],
            RoutingConfig={"AdditionalVersionWeights": {versions[1]: 0.25}},
        )

    def works(self, name: str) -> bool:
        try:
            answer = self.impatient.invoke(FunctionName=name, Qualifier=ALIAS)
        except ClientError:
            return False
        with answer["Payload"]:
            return "FunctionError" not in answer

    def state(self) -> list[object]:
        """Return all that a fault may have changed."""
        functions = self.region.lambda_client
        state: list[object] = []
        for name in (self.region.reader, self.region.writer):
            alias = functions.get_alias(FunctionName=name, Name=ALIAS)
            versions = functions.list_versions_by_function(FunctionName=name)["Versions"]
            state += [
                functions.get_function_concurrency(FunctionName=name).get(
                    "ReservedConcurrentExecutions"
                ),
                (alias["FunctionVersion"], alias.get("RoutingConfig")),
                [(version["Version"], version["Handler"]) for version in versions],
                self.region.iam_client.list_role_policies(RoleName=name)["PolicyNames"],
            ]
        return state

    def scene(self) -> Scene:
        clock = Clock()
        front = RegionFront(
            region="us-east-1",
            address="127.0.0.1",
            port=0,
            tls=server_tls(),
            hosts={},
            emulator=self.emulator.endpoint,
        )
        surroundings = Surroundings(
            aws_names=lambda _: None, port_of=lambda port: port, region_of=lambda _: "us-east-1"
        )
        return Scene(
            region=Region("us-east-1", "us-east-1.api.example.com"),
            front=front,
            other_front=front,
            functions=self.region,
            route53=Route53StandIn(clock, boto3.Session(), self.emulator.endpoint, surroundings),
            promise=Promise(10, 3, 10),
            clock=clock,
        )


@pytest.fixture
def functions(emulator: Emulator) -> Iterator[Functions]:
    made = Functions(emulator)
    for name in (made.region.reader, made.region.writer):
        made.create(name)
    yield made
    for name in (made.region.reader, made.region.writer):
        made.region.lambda_client.delete_function(FunctionName=name)


def within(functions: Functions, names: str) -> dict[str, Any]:
    """Return what works while faults are there."""

    async def play() -> dict[str, Any]:
        async with parse(names).inject(functions.scene()):
            return {
                "reader": await asyncio.to_thread(functions.works, functions.region.reader),
                "writer": await asyncio.to_thread(functions.works, functions.region.writer),
                "policies": functions.region.iam_client.list_role_policies(
                    RoleName=functions.region.reader
                )["PolicyNames"],
            }

    return asyncio.run(play())


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ("throttled", {"reader": False, "writer": True, "policies": []}),
        ("bad-release", {"reader": False, "writer": False, "policies": []}),
        ("table-denied", {"reader": True, "writer": True, "policies": ["rehearsal-table-denied"]}),
        (
            "throttled,table-denied,bad-release",
            {"reader": False, "writer": False, "policies": ["rehearsal-table-denied"]},
        ),
    ],
)
def test_a_fault_breaks_the_functions_and_leaves_them_as_they_were(
    functions: Functions, names: str, found: dict[str, Any]
) -> None:
    before = functions.state()
    for _ in range(2):
        assert within(functions, names) == found
        assert functions.state() == before
    assert functions.works(functions.region.reader)
    assert functions.works(functions.region.writer)


def test_concurrency_that_was_reserved_is_reserved_again(functions: Functions) -> None:
    functions.region.lambda_client.put_function_concurrency(
        FunctionName=functions.region.reader, ReservedConcurrentExecutions=7
    )
    assert not within(functions, "throttled")["reader"]
    assert functions.state()[0] == 7


@pytest.mark.parametrize("name", ["throttled", "bad-release", "table-denied"])
def test_a_fault_heals_when_what_it_is_for_fails(functions: Functions, name: str) -> None:
    before = functions.state()

    async def play() -> None:
        with contextlib.suppress(ZeroDivisionError):
            async with FAULTS[name].inject(functions.scene()):
                _ = 1 / 0

    asyncio.run(play())
    assert functions.state() == before


def test_a_fault_that_can_be_done_in_part_only_is_undone_in_part(functions: Functions) -> None:
    before = functions.state()[:4]
    functions.region.lambda_client.delete_alias(FunctionName=functions.region.writer, Name=ALIAS)

    async def play() -> None:
        async with FAULTS["bad-release"].inject(functions.scene()):
            pytest.fail("the writer has no alias that could be released to")

    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        asyncio.run(play())
    functions.region.lambda_client.create_alias(
        FunctionName=functions.region.writer, Name=ALIAS, FunctionVersion="1"
    )
    assert functions.state()[:4] == before


def test_a_fault_that_is_interrupted_while_it_is_made_is_healed_after_it_was_made() -> None:
    order: list[str] = []

    async def play() -> None:
        made, go = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def slowly() -> None:
            loop.call_soon_threadsafe(made.set)
            asyncio.run_coroutine_threadsafe(go.wait(), loop).result()
            order.append("made")

        async def fault() -> None:
            try:
                await to_its_end(slowly)
            finally:
                await to_its_end(order.append, "healed")

        task = asyncio.create_task(fault())
        await made.wait()
        task.cancel()
        await asyncio.sleep(0)
        go.set()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert task.cancelled()

    asyncio.run(play())
    assert order == ["made", "healed"]
