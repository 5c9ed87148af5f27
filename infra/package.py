"""Turns the Chalice app into one Terraform module a region, the same bytes every time.

`chalice package` writes Terraform for its own old versions and a zip whose bytes depend on the
checkout; what Terraform can't override in the one, and what must not vary in the other, is put
right here. Everything else is changed in readable HCL, in infra/region/.
"""

import copy
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from infra import bytecode
from infra.errors import InfraError

# Beside the Python that runs this: it reloads itself by its own path, so `python -c` won't do.
CHALICE = str(Path(sys.executable).with_name("chalice"))
STAGES = ("primary", "secondary")
# What infra/region/chalice_override.tf sets; a test holds the two together.
LAMBDA_PYTHON = "3.13"

_COMPILED = re.compile(
    r"\.(?:cpython-(?P<python>\d+)|(?P<stable>abi3))[^/]*\.(?:so|pyd)$|\.(?:so|pyd)$"
)
# The date that zip files start with: no file's own time may reach the package.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def package(root: Path) -> list[Path]:
    """Write infra/build/primary and infra/build/secondary.

    Args:
        root: the project's top folder, which holds app.py.

    Returns:
        The two folders, each a Terraform module: chalice.tf.json, deployment.zip and the files of
        infra/region/. A folder whose content would not change is left as it is.

    Raises:
        InfraError: Chalice refused the app, or the zip carries code compiled for another Python.
    """
    return [_package_stage(root, stage) for stage in STAGES]


def modernise(generated: dict[str, Any]) -> dict[str, Any]:
    """Return Chalice's Terraform without what today's Terraform and provider refuse.

    Gone are the version limits, the null provider, and the deployment's stage (a resource of its
    own since provider 6); all in places where an override file could only change a value.
    """
    document = copy.deepcopy(generated)
    document.pop("terraform", None)
    document["data"].pop("null_data_source", None)
    for deployment in document["resource"]["aws_api_gateway_deployment"].values():
        deployment.pop("stage_name", None)
        deployment.pop("stage_description", None)
    return document


def _package_stage(root: Path, stage: str) -> Path:
    target = root / "infra" / "build" / stage
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{stage}-") as scratch:
        chalice = Path(scratch, "chalice")
        module = Path(scratch, "module")
        _run_chalice(root, stage, chalice)
        shutil.copytree(root / "infra" / "region", module)
        _write_document(chalice / "chalice.tf.json", module / "chalice.tf.json")
        files = _files(chalice / "deployment.zip")
        _write_zip(files | _compiled(files), module / "deployment.zip")
        if not _same(module, target):
            shutil.rmtree(target, ignore_errors=True)
            module.rename(target)
    return target


def _run_chalice(root: Path, stage: str, output: Path) -> None:
    command = [sys.executable, "-c", "import sys; from chalice.cli import main; sys.exit(main())"]
    command += ["package", "--pkg-format", "terraform", "--stage", stage, str(output)]
    # Chalice insists on a region although what it writes names none.
    environment = {"AWS_DEFAULT_REGION": "us-east-1"} | os.environ
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise InfraError(f"chalice package failed for stage {stage}: {lines[-1] if lines else '?'}")


def _write_document(source: Path, target: Path) -> None:
    document = modernise(json.loads(source.read_text()))
    target.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")


def _files(source: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(source) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _compiled(files: dict[str, bytes]) -> dict[str, bytes]:
    interpreter = bytecode.find(LAMBDA_PYTHON)
    return bytecode.compiled(files, interpreter) if interpreter else {}


def _write_zip(files: dict[str, bytes], target: Path) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in sorted(files.items()):
            _refuse_foreign_code(name)
            entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever it was packaged
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)


def _refuse_foreign_code(name: str) -> None:
    compiled = _COMPILED.search(name)
    if compiled and not compiled["stable"] and compiled["python"] != LAMBDA_PYTHON.replace(".", ""):
        raise InfraError(
            f"{name} in the deployment package is not compiled for Python {LAMBDA_PYTHON}, which "
            f"runs the functions: package with Python {LAMBDA_PYTHON}, or drop the dependency"
        )


def _same(left: Path, right: Path) -> bool:
    return _contents(left) == _contents(right)


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
