"""What runs around the emulator: a front for each region, Route 53, and clients' view of both."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

import boto3
import trustme

from infra.clock import Clock
from infra.deployment import Deployment
from infra.errors import InfraError
from infra.rehearsal.deploy import Deployed
from infra.rehearsal.endpoint import Endpoint, endpoint
from infra.rehearsal.front import CONCURRENCY, RegionFront
from infra.rehearsal.functions import RegionFunctions
from infra.rehearsal.ports import free_port
from infra.rehearsal.route53 import Route53, Route53StandIn, Settings, Surroundings
from infra.rehearsal.scene import Front
from infra.traffic import client
from infra.traffic.client import Target
from infra.traffic.resolver import Answer, NameServer

_DNS_ADDRESS = "127.0.0.1"
# An address a region, since DNS knows no ports; any of 127.0.0.0/8 will do.
_ADDRESSES = ("127.0.20.1", "127.0.20.2")


@dataclass(frozen=True)
class Harness:
    """Everything that runs around the emulator during a rehearsal.

    Attributes:
        deployment: what it runs around.
        fronts: by region, its front.
        functions: by region, its functions.
        route53: the stand-in for Route 53.
        target: the API as clients see it, under the shared name.
        near: by region, the same for clients who live near it, as far as DNS can tell.
        regions: by address, the region there.
        reread: has Route 53 go by the records as they are now.
    """

    deployment: Deployment
    fronts: Mapping[str, Front]
    functions: Mapping[str, RegionFunctions]
    route53: Route53
    target: Target
    near: Mapping[str, Target]
    regions: Mapping[str, str]
    reread: Callable[[], Awaitable[None]]

    def locate(self, answer: Answer) -> str:
        """Return the region that an answer of DNS leads to; its address where that is none's."""
        address = answer.addresses[0]
        return self.regions.get(address, address)


@contextlib.asynccontextmanager
async def harness_around(
    deployed: Deployed,
    environment: Mapping[str, str],
    clock: Clock,
    refresh_interval: float | None = None,
) -> AsyncIterator[Harness]:
    """Start everything on loopback addresses, and end it afterwards.

    Args:
        deployed: what Terraform created in the emulator.
        environment: tells where the emulator is, and its credentials.
        clock: real or compressed time.
        refresh_interval: seconds between two readings of the records; None where none changes.

    Raises:
        InfraError: no port is to be had, or the deployment is one that can't be played.
    """
    deployment = deployed.deployment
    session = boto3.Session(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
    emulator = environment["AWS_ENDPOINT_URL"]
    endpoints = _endpoints(deployment, session, emulator)
    addresses = dict(zip((region.name for region in deployment.regions), _ADDRESSES, strict=True))
    port = _free_port()
    authority = trustme.CA()
    async with (
        _fronts(endpoints, addresses, port, authority, emulator) as fronts,
        Route53StandIn(
            clock,
            session,
            emulator,
            _surroundings(endpoints, addresses, port),
            Settings(
                dns_host=_DNS_ADDRESS,
                zone_ids=[deployed.hosted_zone_id],
                refresh_interval=refresh_interval,
            ),
        ) as route53,
    ):
        target = Target(
            deployment.domain_name,
            deployed.api_key,
            NameServer(*route53.dns_address),
            _client_tls(authority),
            {443: port},
        )
        yield Harness(
            deployment,
            fronts,
            {
                region.name: RegionFunctions.of(session, emulator, deployment.stack, region.name)
                for region in deployment.regions
            },
            route53,
            target,
            {
                region: replace(target, server=replace(target.server, source=address))
                for region, address in addresses.items()
            },
            {address: region for region, address in addresses.items()},
            route53.refresh,
        )


async def start_functions(harness: Harness, clock: Clock) -> list[str]:
    """Have every function started, for what the emulator's take to start says nothing of AWS's.

    Returns:
        What failed, in words.
    """
    failures: list[str] = []
    for region in harness.deployment.regions:
        target = replace(harness.target, domain_name=region.domain_name)
        calls = (client.warm_up(target, clock) for _ in range(2 * CONCURRENCY))
        found = {failure for failure in await asyncio.gather(*calls) if failure}
        failures += [f"{region.name} does not serve: {failure}" for failure in sorted(found)]
    return failures


def _endpoints(
    deployment: Deployment, session: boto3.Session, emulator: str
) -> dict[str, Endpoint]:
    """Return by region what API Gateway says of its names."""
    return {
        region.name: endpoint(
            session.client("apigateway", region_name=region.name, endpoint_url=emulator),
            region.domain_name,
        )
        for region in deployment.regions
    }


@contextlib.asynccontextmanager
async def _fronts(
    endpoints: Mapping[str, Endpoint],
    addresses: Mapping[str, str],
    port: int,
    authority: trustme.CA,
    emulator: str,
) -> AsyncIterator[dict[str, RegionFront]]:
    """Open the front of each region."""
    async with contextlib.AsyncExitStack() as stack:
        yield {
            region: await stack.enter_async_context(
                RegionFront(
                    region=region,
                    address=address,
                    port=port,
                    tls=_server_tls(authority, endpoints[region]),
                    hosts=endpoints[region].hosts,
                    emulator=emulator,
                )
            )
            for region, address in addresses.items()
        }


def _surroundings(
    endpoints: Mapping[str, Endpoint], addresses: Mapping[str, str], port: int
) -> Surroundings:
    targets = {
        target: addresses[region] for region in endpoints for target in endpoints[region].targets
    }
    places = {address: region for region, address in addresses.items()}
    return Surroundings(
        aws_names=targets.get,
        port_of=lambda configured: port if configured == 443 else configured,
        # Clients who ask from a region's own address live near it.
        region_of=lambda client: places.get(client, next(iter(addresses))),
    )


def _free_port() -> int:
    try:
        return free_port(*_ADDRESSES)
    except OSError as error:
        raise InfraError(
            f"can't listen on {' and '.join(_ADDRESSES)} ({error}): on Linux all of 127.0.0.0/8 is "
            "this machine; elsewhere add them, as with `sudo ifconfig lo0 alias 127.0.20.1`"
        ) from error


def _server_tls(authority: trustme.CA, names: Endpoint) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*sorted(names.hosts)).configure_cert(context)
    return context


def _client_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context
