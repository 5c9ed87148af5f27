"""`python -m infra local`: the routes on this machine, for development."""

import subprocess
import sys

import boto3
import click

from infra.commands.package import ROOT
from infra.errors import InfraError
from infra.rehearsal import emulator as emulators
from infra.rehearsal.ports import is_free

_TABLE = "local-items"
_REGION = "us-east-1"


@click.command("local")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def command(port: int) -> None:
    """Serve the routes with `chalice local` against a table in the emulator, until Ctrl-C.

    Reloads when app.py or chalicelib/ changes. What is written is gone when it ends.
    """
    if not is_free("127.0.0.1", port):
        raise InfraError(f"port {port} of 127.0.0.1 is taken: choose another with --port")
    with emulators.running() as emulator:
        environment = emulator.environment() | {
            "TABLE_NAME": _TABLE,
            "AWS_REGION": _REGION,
            "AWS_DEFAULT_REGION": _REGION,
        }
        _create_table(emulator)
        arguments = ["local", "--host", "127.0.0.1", "--port", str(port), "--stage", "primary"]
        with subprocess.Popen(
            [sys.executable, "-c", "from chalice.cli import main; main()", *arguments],
            cwd=ROOT,
            env=environment,
        ) as server:
            try:
                server.wait()
            except KeyboardInterrupt:
                server.terminate()


def _create_table(emulator: emulators.Emulator) -> None:
    environment = emulator.environment()
    boto3.client(
        "dynamodb",
        region_name=_REGION,
        endpoint_url=emulator.endpoint,
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    ).create_table(
        TableName=_TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "ItemId", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "ItemId", "AttributeType": "S"}],
    )
