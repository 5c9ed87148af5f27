"""`python -m infra api-key`: the key that writes need."""

import os
import tempfile
from pathlib import Path

import click

from infra import ROOT, backend
from infra.errors import InfraError
from infra.provider_mirror import cli_configuration
from infra.terraform import Terraform, UnconnectedError

_INFRA = ROOT / "infra"


@click.command("api-key")
def command() -> None:
    """Print the value of the x-api-key header that writes need, the same in both regions.

    Nothing else shows it: plans, logs and reports hide it. It is read from the state of the
    environment that `init` named.
    """
    with tempfile.TemporaryDirectory(prefix="infra-api-key-") as scratch:
        variables = dict(os.environ) | cli_configuration(Path(scratch))
        try:
            outputs = Terraform(_INFRA, variables).outputs()
        except UnconnectedError as error:
            raise InfraError(backend.UNCONNECTED) from error
    environment = backend.connected(_INFRA) or "this state"
    if outputs.get("api_key") is None:
        raise InfraError(
            f"{environment} has no API key: `python -m infra apply` makes one, unless "
            'write_authorization is "NONE", with which writes need none'
        )
    click.echo(outputs["api_key"])
