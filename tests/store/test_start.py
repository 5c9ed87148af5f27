"""What a function loads while it starts: exactly what is listed, and from compiled files."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra import bytecode
from infra.package import LAMBDA_PYTHON, package
from tests.checkouts import copy_checkout
from tests.store import scripted
from tests.store.scripted import answer

_LISTED = Path(__file__).with_name("loaded_modules.txt")
_MOST_BYTES = 180_000
"""Of the zip: a figure to notice when something else comes in, not a limit of Lambda's."""

# What is loaded by a start and one request, and whether the request was answered.
_START = """
import json, sys
before = set(sys.modules)
import app
event = {
    "requestContext": {"httpMethod": "GET", "resourcePath": "/read", "requestId": "x"},
    "headers": {}, "multiValueQueryStringParameters": None, "pathParameters": None,
    "stageVariables": None, "body": None,
}
answer = app.app(event, None)
loaded = {name: getattr(sys.modules[name], "__cached__", None) for name in sys.modules}
print(json.dumps({
    "status": answer["statusCode"],
    "loaded": sorted(set(sys.modules) - before),
    "compiled": [path for path in loaded.values() if path],
}))
"""


@pytest.fixture(scope="module")
def function(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked deployment package."""
    root = copy_checkout(tmp_path_factory.mktemp("checkout"))
    archive = package(root)[0] / "deployment.zip"
    assert archive.stat().st_size <= _MOST_BYTES
    folder = tmp_path_factory.mktemp("function")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder


def _start(function: Path, python: str, **environment: str) -> dict[str, object]:
    """Start the function with nothing but its package, and have it answer a request."""
    with scripted.table(answer({"Items": []})) as table:
        given = {
            "PATH": os.environ["PATH"],
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_ENDPOINT_URL": table.url,
            "AWS_REGION": "us-east-1",
            "TABLE_NAME": "items",
            "PYENV_VERSION": LAMBDA_PYTHON,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        # No site-packages: what is not in the package or in Python itself can't be loaded.
        done = subprocess.run(
            [python, "-S", "-c", _START],
            cwd=function,
            env=given | environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    assert told["status"] == 200
    return told


def test_only_listed_modules_are_loaded(function: Path) -> None:
    listed = {line for line in _LISTED.read_text().splitlines() if not line.startswith("#")}
    loaded = _start(function, sys.executable)["loaded"]
    assert isinstance(loaded, list)
    # Names that start with a line are Python's own affair, and differ between its versions.
    public = {name for name in loaded if "._" not in f".{name}"}
    assert public - listed == set(), f"loaded, but not in {_LISTED.name}"


def test_all_that_is_packaged_is_loaded_compiled(function: Path, tmp_path: Path) -> None:
    interpreter = bytecode.find(LAMBDA_PYTHON)
    if interpreter is None:
        assert not list(function.rglob("*.pyc")), "compiled by what is not there?"
        return
    spoilt = shutil.copytree(function, tmp_path / "function")
    for source in spoilt.rglob("*.py"):
        source.write_text("raise AssertionError('the source was read')")
    compiled = _start(spoilt, interpreter.command)["compiled"]
    assert isinstance(compiled, list)
    own = {Path(path).name.partition(".")[0] for path in compiled if path.startswith(str(spoilt))}
    assert own >= {"app", "dynamodb", "records", "sigv4", "table"}
