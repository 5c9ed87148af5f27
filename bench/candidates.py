"""What is compared: functions on disk, each as Lambda would unpack it."""

import importlib.util
import json
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra import ROOT
from infra.bytecode import Interpreter
from infra.package import package

_FUNCTIONS = Path(__file__).with_name("functions")
# What Lambda's Python has beside the standard library, as far as boto3 needs it.
_RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six")


@dataclass(frozen=True)
class Candidate:
    """Two functions to measure.

    Attributes:
        name: as it is shown.
        folder: their unpacked package.
        reader: module and function that read.
        writer: module and function that write.
    """

    name: str
    folder: Path
    reader: tuple[str, str] = ("app", "app")
    writer: tuple[str, str] = ("app", "write")


@dataclass(frozen=True)
class Field:
    """All that takes part.

    Attributes:
        candidates: as they are shown; the others are compared with the first.
        project: that one of them.
        runtime: the folder that stands for what Lambda's Python brings along.
        zip_bytes: the size of the project's deployment package.
    """

    candidates: list[Candidate]
    project: Candidate
    runtime: Path
    zip_bytes: int


def prepare(scratch: Path, interpreter: Interpreter) -> Field:
    """Lay out the candidates and the runtime, all compiled but the one that is said not to be.

    Args:
        scratch: an existing folder.
        interpreter: what compiles them, and will run them.
    """
    archive = package(ROOT)[0] / "deployment.zip"
    project = scratch / "project"
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(project)
    boto3_client = scratch / "boto3-client"
    shutil.copytree(project, boto3_client, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(_FUNCTIONS / "boto3_client", boto3_client, dirs_exist_ok=True)
    uncompiled = scratch / "uncompiled"
    shutil.copytree(project, uncompiled, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("origin", "bare"):
        shutil.copytree(_FUNCTIONS / name, scratch / name)
    runtime = _runtime(scratch / "runtime")
    compiled = [project, boto3_client, scratch / "origin", scratch / "bare", runtime]
    _compile(compiled, interpreter)
    measured = Candidate("project", project)
    return Field(
        candidates=[
            Candidate("origin", scratch / "origin", reader=("app", "read")),
            Candidate("boto3 client", boto3_client),
            measured,
            Candidate("not compiled", uncompiled),
            Candidate("bare", scratch / "bare", reader=("app", "read")),
        ],
        project=measured,
        runtime=runtime,
        zip_bytes=archive.stat().st_size,
    )


def events() -> dict[str, str]:
    """Return the requests that are measured, as JSON: list, read and write."""
    item = json.dumps({"ItemId": "item-000000001", "Data": {"text": "hello", "number": "21.5"}})
    return {
        "list": json.dumps(event("GET", "/read")),
        "read": json.dumps(event("GET", "/read", query={"ItemId": "item-000000001"})),
        "write": json.dumps(event("POST", "/write", body=item)),
    }


def event(
    method: str, path: str, query: dict[str, str] | None = None, body: str | None = None
) -> dict[str, Any]:
    """Return a request as API Gateway hands it to a function."""
    headers = {"Accept": "*/*", "Content-Type": "application/json", "Host": "api.example.com"}
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": query and {k: [v] for k, v in query.items()},
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": path,
            "httpMethod": method,
            "requestId": "00000000-0000-0000-0000-000000000000",
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "bench"},
        },
        "body": body,
        "isBase64Encoded": False,
    }


def _runtime(target: Path) -> Path:
    """Copy what boto3 needs from where it is installed; botocore's data, 25 MB, by a link."""
    target.mkdir()
    for name in _RUNTIME:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(name)
        origin = Path(spec.origin)
        if origin.name != "__init__.py":
            shutil.copy(origin, target)
            continue
        ignored = shutil.ignore_patterns("__pycache__", "data")
        shutil.copytree(origin.parent, target / name, ignore=ignored)
        if (origin.parent / "data").exists():
            (target / name / "data").symlink_to(origin.parent / "data")
    return target


def _compile(folders: list[Path], interpreter: Interpreter) -> None:
    command = [interpreter.command, "-m", "compileall", "-q", "--invalidation-mode"]
    for folder in folders:
        subprocess.run(
            [*command, "unchecked-hash", "."], cwd=folder, start_new_session=True, check=True
        )
