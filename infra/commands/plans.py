"""`python -m infra plans`: where a saved plan waits for its approval."""

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import boto3
import click
from botocore.exceptions import BotoCoreError, ClientError

from infra import ROOT, backend
from infra.errors import InfraError
from infra.listing import Listing
from infra.parameters import NewFile

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_CONNECTED = ROOT / "infra" / ".terraform" / "terraform.tfstate"
_DIGEST = re.compile(r"[0-9a-f]{64}")


@click.group("plans", cls=Listing)
def command() -> None:
    """Keep saved plans beside the state, from which CI fetches them once they are approved.

    A plan holds what the state holds, secrets too, so it waits where the state is. It is named by
    its SHA-256: what is fetched is what was kept, whoever may write there.
    """


@command.command("keep")
@click.argument("plan", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def keep(plan: Path) -> None:
    """Copy PLAN into the state's bucket; print plan=DIGEST, by which `fetch` finds it."""
    content = plan.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    s3, bucket = _state_bucket()
    try:
        s3.put_object(Bucket=bucket, Key=_key(digest), Body=content)
    except (BotoCoreError, ClientError) as error:
        _give_up(f"s3://{bucket}/{_key(digest)} can't be written", error)
    click.echo(f"plan={digest}")


@command.command("fetch")
@click.argument("digest")
@click.argument("target", type=NewFile())
def fetch(digest: str, target: Path) -> None:
    """Write the plan that was kept as DIGEST to TARGET, if it is that plan to the byte."""
    if not _DIGEST.fullmatch(digest):
        raise InfraError(f"{digest!r} is no SHA-256 in 64 hexadecimal digits, as `keep` prints it")
    s3, bucket = _state_bucket()
    try:
        content = s3.get_object(Bucket=bucket, Key=_key(digest))["Body"].read()
    except (BotoCoreError, ClientError) as error:
        _give_up(f"s3://{bucket}/{_key(digest)} can't be read (it is kept for 14 days)", error)
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        raise InfraError(
            f"s3://{bucket}/{_key(digest)} has the SHA-256 {found}: somebody has replaced the plan "
            "that was approved. Find out who, and plan again"
        )
    target.write_bytes(content)
    click.echo(f"wrote {target}: the plan {digest}")


def _key(digest: str) -> str:
    return f"plans/{digest}.tfplan"


def _state_bucket() -> tuple["S3Client", str]:
    """Return the bucket to which `init` has connected infra/."""
    if not _CONNECTED.is_file():
        raise InfraError(backend.UNCONNECTED)
    settings: dict[str, Any] = json.loads(_CONNECTED.read_text())["backend"]["config"]
    return boto3.client("s3", region_name=settings["region"]), str(settings["bucket"])


def _give_up(what: str, error: Exception) -> NoReturn:
    raise InfraError(f"{what}: {error}") from error
