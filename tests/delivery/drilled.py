"""The drill of staging as the workflow has it, which needs DNS and HTTPS that clients can reach.

The rehearsal's stand beside the account. Where they are is written into the runner's checkout, as
neither a name server nor port 443 of this machine can be had by a test; and time runs faster.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from infra.clock import Clock
from infra.provider_mirror import cli_configuration
from infra.rehearsal.deploy import Deployed
from infra.rehearsal.harness import Harness, harness_around, start_functions
from infra.report import Report, machine
from infra.terraform import Terraform
from tests.delivery.delivered import Delivered
from tests.delivery.guarded import STAGING
from tests.end_to_end.conftest import SPEED, Project
from tests.end_to_end.health_checks import health_told


def drilled(delivered: Delivered, folder: Path) -> Report:
    """Drill as on a Monday, on a fresh runner; return the report that becomes an artifact."""
    root = delivered.runners.fresh("drill")
    asyncio.run(_drill(delivered, root, folder))
    [report] = (root / "reports").glob("*.json")
    return machine.read(report)


async def _drill(delivered: Delivered, root: Path, folder: Path) -> None:
    authority = folder / "authority.pem"
    async with _staged(delivered, folder) as harness, health_told(harness) as route53:
        authority.write_text(_authority(harness.target.tls))
        _reach(root, harness)
        await asyncio.to_thread(
            delivered.runners.run,
            "drill/staging",
            root,
            "apply",
            STAGING,
            SSL_CERT_FILE=str(authority),
            AWS_ENDPOINT_URL_ROUTE_53=route53,
        )


@asynccontextmanager
async def _staged(delivered: Delivered, folder: Path) -> AsyncIterator[Harness]:
    """Set the rehearsal's harness around the account, and have both regions awake."""
    clock = Clock(SPEED)
    environment = dict(delivered.guarded.account.environment)
    terraform = Terraform(delivered.applier / "infra", environment | cli_configuration(folder))
    deployed = Deployed.from_outputs(terraform.outputs())
    async with harness_around(deployed, environment, clock) as harness:
        assert await start_functions(harness, clock) == []
        yield harness


def _authority(tls: ssl.SSLContext) -> str:
    """Return whom the clients of a rehearsal trust beside those that everybody does."""
    usual = ssl.create_default_context().get_ca_certs(binary_form=True)
    [certificate] = set(tls.get_ca_certs(binary_form=True)) - set(usual)
    return ssl.DER_cert_to_PEM_cert(certificate)


def _reach(root: Path, harness: Harness) -> None:
    server, ports = harness.target.server, harness.target.ports
    project = Project(root)
    project.replace(
        "infra/operations/options.py",
        "name_server(server), tls, {})",
        f'name_server("{server.address}:{server.port}"), tls, {ports})',
    )
    project.replace("infra/commands/drill.py", "(order, Clock(), ", f"(order, Clock({SPEED}), ")
