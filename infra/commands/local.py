"""`python -m infra local`: the routes on this machine, for development."""

import contextlib
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request

import boto3
import click

from infra import ROOT
from infra.errors import InfraError
from infra.package import CHALICE
from infra.rehearsal import emulator as emulators
from infra.rehearsal.ports import is_free

_TABLE = "local-items"
_REGION = "us-east-1"
_SEEDS = {
    "greeting": {"text": "hello", "languages": ["en"]},
    "measurement": {"celsius": 21.5, "exact": 12345678901234567890},
    "empty": None,
}
_START_SECONDS = 20.0
_ENDED = "`chalice local` ended: it says why above"


@click.command("local")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="Port of 127.0.0.1, which only this machine reaches.",
)
def command(port: int) -> None:
    """Serve the routes with `chalice local` against a table in the emulator, until Ctrl-C.

    Reloads when app.py or chalicelib/ changes. Starts with a few items; what is written is gone
    when it ends. API keys are not asked for.
    """
    if not is_free("127.0.0.1", port):
        raise InfraError(f"port {port} of 127.0.0.1 is taken: choose another with --port")
    with emulators.running() as emulator:
        environment = emulator.environment() | {
            "TABLE_NAME": _TABLE,
            "AWS_REGION": _REGION,
            "AWS_DEFAULT_REGION": _REGION,
        }
        _create_table(environment)
        arguments = ["local", "--host", "127.0.0.1", "--port", str(port), "--stage", "primary"]
        server = subprocess.Popen(
            [CHALICE, *arguments],
            cwd=ROOT,
            env=environment,
            # Chalice's prompts ask a terminal for its colours as they are loaded, and wait for it.
            stdin=subprocess.DEVNULL,
            # `chalice local` starts another process, which only its group's end ends too.
            start_new_session=True,
        )
        try:
            _seed(f"http://127.0.0.1:{port}/write", server)
            click.echo(
                f"seeded with {', '.join(_SEEDS)}: http://127.0.0.1:{port}/ is a page to try the "
                "routes on; Ctrl-C ends it"
            )
            server.wait()
            raise InfraError(_ENDED)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM)
            server.wait()


def _create_table(environment: dict[str, str]) -> None:
    boto3.client(
        "dynamodb",
        region_name=_REGION,
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    ).create_table(
        TableName=_TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "ItemId", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "ItemId", "AttributeType": "S"}],
    )


def _seed(url: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_SECONDS
    for item_id, data in _SEEDS.items():
        body = json.dumps({"ItemId": item_id, "Data": data}).encode()
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 -- our own loopback URL
        while not _sent(request):
            if server.poll() is not None:
                raise InfraError(_ENDED)
            if time.monotonic() > deadline:
                raise InfraError(f"{url} did not take a write within {_START_SECONDS:.0f} s")
            time.sleep(0.1)


def _sent(request: urllib.request.Request) -> bool:
    with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
        urllib.request.urlopen(request, timeout=5).close()  # noqa: S310 -- our own loopback URL
        return True
    return False
