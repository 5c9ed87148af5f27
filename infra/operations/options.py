"""What failover, failback, status and drill are told on the command line."""

import functools
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from infra import ROOT
from infra.deployment import ROUTINGS, Deployment
from infra.errors import InfraError
from infra.operations import deployment_file
from infra.operations.throw import ThrowOptions
from infra.operations.view import name_server
from infra.options import with_options
from infra.parameters import Number
from infra.traffic.client import Target

_P = ParamSpec("_P")
_T = TypeVar("_T")

_NAMES = ("stack", "domain_name", "primary_region", "standby_region")
_NAMING = [
    click.option(
        "--deployment",
        "path",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar="INFRA_DEPLOYMENT",
        show_envvar=True,
        help="File that names the deployment.  [default: the only one in deployments/]",
    ),
    click.option("--stack", help="Instead of the file, with the next three: Terraform's var.name."),
    click.option("--domain-name", help="Name that clients use."),
    click.option("--primary-region", help="Region that serves while it is healthy."),
    click.option("--standby-region", help="Region that takes over."),
    click.option(
        "--routing",
        type=click.Choice(ROUTINGS),
        help="Terraform's var.routing, with the four names.  [default: failover]",
    ),
]
_THROWING = [
    click.option(
        "--region",
        metavar="REGION",
        help="Which region: its name, or primary or standby.  [default: the primary where it alone "
        "serves]",
    ),
    click.option("--yes", is_flag=True, help="Don't ask for the stack's name."),
    click.option(
        "--force",
        is_flag=True,
        help="Throw the switch although the region that is to serve does not answer.",
    ),
    click.option(
        "--wait",
        type=Number("seconds", 0),
        default=300.0,
        show_default=True,
        help="How long to wait until clients are there. Route 53 follows in one to three minutes.",
    ),
    click.option(
        "--no-wait",
        is_flag=True,
        help="Throw the switch and return. A failback so soon after a failover that it would be "
        "swallowed waits for the next minute all the same.",
    ),
]
_name_server_option = click.option(
    "--name-server",
    metavar="ADDRESS[:PORT]",
    envvar="INFRA_NAME_SERVER",
    show_envvar=True,
    help="Name server to ask.  [default: this machine's DNS server]",
)


def naming_a_deployment(function: Callable[_P, _T]) -> Callable[..., _T]:
    """Give a command the options that name a deployment, and hand it `named`, which reads it."""

    @functools.wraps(function)
    def wrapped(*args: object, **options: object) -> _T:
        names = {name: options.pop(name) for name in _NAMES}
        path, routing = options.pop("path"), options.pop("routing")
        options["named"] = functools.partial(_deployment, path, names, routing)
        return function(*args, **options)  # type: ignore[arg-type] # click passes by name

    return with_options(_NAMING, wrapped)


def of_a_deployment(function: Callable[_P, _T]) -> Callable[..., _T]:
    """Give a command the options that name a deployment, and hand it `deployment` and `target`."""

    @functools.wraps(function)
    def wrapped(*args: object, named: Callable[[], Deployment], **options: object) -> _T:
        server = options.pop("name_server")
        options["deployment"] = deployment = named()
        options["target"] = _target(deployment, server if isinstance(server, str) else None)
        return function(*args, **options)  # type: ignore[arg-type] # click passes by name

    return naming_a_deployment(_name_server_option(wrapped))


def throwing(function: Callable[_P, _T]) -> Callable[..., _T]:
    """Give a command the options of a switch, and hand it `region` and `throw_options`."""

    @functools.wraps(function)
    def wrapped(
        *args: object, yes: bool, force: bool, wait: float, no_wait: bool, **options: object
    ) -> _T:
        options["throw_options"] = ThrowOptions(yes, force, None if no_wait else wait)
        return function(*args, **options)  # type: ignore[arg-type] # click passes by name

    return with_options(_THROWING, wrapped)


def _deployment(path: object, names: dict[str, object], routing: object) -> Deployment:
    given = {name: value for name, value in names.items() if isinstance(value, str)}
    if not given:
        if routing is not None:
            raise InfraError("--routing goes with --stack: a deployment's file says its own")
        folder = ROOT / deployment_file.FOLDER
        file = path if isinstance(path, Path) else deployment_file.only_file(folder)
        return deployment_file.read(file)
    missing = [f"--{name.replace('_', '-')}" for name in _NAMES if name not in given]
    if missing:
        raise InfraError(
            f"{', '.join(missing)} missing: give all of --stack, --domain-name, --primary-region "
            f"and --standby-region, or none of them and a deployment's file"
        )
    if given["primary_region"] == given["standby_region"]:
        raise InfraError(
            f"--primary-region and --standby-region are both {given['primary_region']}: a "
            "deployment has two"
        )
    return Deployment.from_names(**given, routing=str(routing or "failover"))


def _target(deployment: Deployment, server: str | None) -> Target:
    tls = ssl.create_default_context()
    return Target(deployment.domain_name, None, name_server(server), tls, {})
