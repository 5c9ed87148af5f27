"""`python -m infra init`: connect infra/ to the state of an environment."""

import os
import tempfile
from pathlib import Path
from typing import Any

import click

from infra import ROOT, backend
from infra.backend import Backend
from infra.errors import InfraError
from infra.provider_mirror import cli_configuration
from infra.terraform import Terraform, UnconnectedError

_INFRA = ROOT / "infra"
_BOOTSTRAP = _INFRA / "bootstrap"


def _environments(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    return [name for name in backend.environments(_INFRA) if name.startswith(begun)]


@click.command("init")
@click.argument("environment", required=False, shell_complete=_environments)
@click.option(
    "--bootstrap",
    is_flag=True,
    help="Move the state of infra/bootstrap itself into the bucket that it made.",
)
@click.option(
    "--bucket",
    envvar="STATE_BUCKET",
    show_envvar=True,
    help="The bucket of the states.  [default: what infra/bootstrap says that it made]",
)
@click.option("--region", envvar="STATE_REGION", show_envvar=True, help="The bucket's region.")
@click.option(
    "--lock-table",
    envvar="STATE_LOCK_TABLE",
    show_envvar=True,
    help="A DynamoDB table to lock in addition to the lock file.",
)
def command(
    environment: str | None,
    *,
    bootstrap: bool,
    bucket: str | None,
    region: str | None,
    lock_table: str | None,
) -> None:
    """Connect infra/ to the state of ENVIRONMENT, one of infra/environments/*.tfvars.

    Writes infra/backend.hcl and runs `terraform init` with it. Changes nothing in AWS, but for
    --bootstrap, which copies a state into its bucket. Where the bootstrap's outputs can't be read,
    as in CI or when the state's region is lost, name the bucket or its replica.
    """
    if bootstrap == (environment is not None):
        raise InfraError("name an environment to connect to, or --bootstrap: one of the two")
    if (bucket is None) != (region is None):
        raise InfraError("--bucket and --region (STATE_BUCKET, STATE_REGION) go together")
    if environment is not None:
        backend.require_environment(_INFRA, environment)
    with tempfile.TemporaryDirectory(prefix="infra-init-") as scratch:
        variables = dict(os.environ) | cli_configuration(Path(scratch))
        place = (
            Backend(bucket, region, lock_table)
            if bucket is not None and region is not None
            else Backend.from_outputs(_bootstrap_outputs(variables))
        )
        if environment is None:
            _move_bootstrap(place, variables)
        else:
            _connect(place, environment, variables)


def _bootstrap_outputs(variables: dict[str, str]) -> dict[str, Any]:
    try:
        return Terraform(_BOOTSTRAP, variables).outputs()
    except UnconnectedError:
        return {}


def _connect(place: Backend, environment: str, variables: dict[str, str]) -> None:
    # Needs the packaged modules: Terraform reads their sources as it is initialised.
    if not (_INFRA / "build" / "primary").is_dir():
        raise InfraError("infra/build is not there: run `make package` first")
    (_INFRA / backend.FILE).write_text(place.configuration(environment))
    click.echo(f"wrote infra/{backend.FILE}: the state of {environment} is in {place.bucket}")
    click.echo(f"terraform -chdir=infra init -reconfigure -backend-config={backend.FILE}")
    Terraform(_INFRA, variables).init(backend.FILE)


def _move_bootstrap(place: Backend, variables: dict[str, str]) -> None:
    (_INFRA / backend.BOOTSTRAP_FILE).write_text(place.bootstrap_override())
    click.echo(f"wrote infra/{backend.BOOTSTRAP_FILE}: its state is in {place.bucket}")
    click.echo("terraform -chdir=infra/bootstrap init -migrate-state -force-copy")
    Terraform(_BOOTSTRAP, variables).move_state()
