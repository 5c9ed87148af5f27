"""The app as a Terraform module for each region: the same bytes every time, or a clear refusal."""

import copy
import json
import os
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from infra import ROOT, bytecode
from infra.errors import InfraError
from infra.package import LAMBDA_PYTHON, STAGES, modernise, package
from tests.checkouts import copy_checkout

THIS_PYTHON = LAMBDA_PYTHON.replace(".", "")


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout that was packaged once."""
    root = copy_checkout(tmp_path_factory.mktemp("packaged"))
    package(root)
    return root


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout to spoil."""
    return copy_checkout(tmp_path)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def contents(root: Path) -> dict[str, bytes]:
    return files(root / "infra" / "build")


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_packaging_again_changes_nothing(packaged: Path) -> None:
    before = {p: p.stat() for p in (packaged / "infra" / "build").rglob("*")}
    assert [folder.name for folder in package(packaged)] == list(STAGES)
    after = {p: p.stat() for p in (packaged / "infra" / "build").rglob("*")}
    assert after.keys() == before.keys()
    assert {p: s.st_ino for p, s in after.items()} == {p: s.st_ino for p, s in before.items()}


def test_another_checkout_elsewhere_gives_the_same_bytes(packaged: Path, tmp_path: Path) -> None:
    with umask(0o077):
        other = copy_checkout(tmp_path / "a folder of another name")
        for number, path in enumerate(sorted(other.rglob("*"))):
            os.utime(path, (1_000_000_000 + number, 1_000_000_000 + number))
        for path in other.rglob("*.py"):
            path.chmod(0o700)
        package(other)
    assert contents(other) == contents(packaged)


def test_both_regions_run_the_same_code(packaged: Path) -> None:
    primary, secondary = (packaged / "infra" / "build" / s / "deployment.zip" for s in STAGES)
    assert primary.read_bytes() == secondary.read_bytes()


def test_a_changed_app_is_packaged_anew_and_a_stale_file_goes(checkout: Path) -> None:
    package(checkout)
    before = contents(checkout)
    (checkout / "infra" / "build" / "primary" / "left_over.tf").write_text("# of a former version")
    with (checkout / "app.py").open("a") as app:
        app.write("\n# changed\n")
    package(checkout)
    after = contents(checkout)
    assert after.keys() == before.keys()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {f"{stage}/deployment.zip" for stage in STAGES}


def test_the_zip_holds_the_app_and_chalice_and_nothing_operational(packaged: Path) -> None:
    with zipfile.ZipFile(packaged / "infra/build/primary/deployment.zip") as archive:
        names = archive.namelist()
    own = {name for name in names if "__pycache__" not in name}
    assert {name.split("/")[0] for name in own} == {"app.py", "chalicelib", "chalice"}


def test_what_is_packaged_is_compiled_where_the_functions_python_is(packaged: Path) -> None:
    with zipfile.ZipFile(packaged / "infra/build/primary/deployment.zip") as archive:
        names = set(archive.namelist())
        compiled = {name: archive.read(name) for name in names if name.endswith(".pyc")}
    if bytecode.find(LAMBDA_PYTHON) is None:
        assert compiled == {}
        return
    sources = {name.rpartition("/") for name in names if name.endswith(".py")}
    assert set(compiled) == {
        f"{folder}{slash}__pycache__/{file.removesuffix('.py')}.cpython-{THIS_PYTHON}.pyc"
        for folder, slash, file in sources
    }
    # PEP 552: an unchecked hash, so that a zip's lost times can't make it stale.
    assert {content[4:8] for content in compiled.values()} == {b"\x01\x00\x00\x00"}


def test_without_the_functions_python_sources_alone_are_packaged(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.package.LAMBDA_PYTHON", "3.99")
    package(checkout)
    with zipfile.ZipFile(checkout / "infra/build/primary/deployment.zip") as archive:
        assert not [name for name in archive.namelist() if name.endswith(".pyc")]


def test_code_that_the_functions_python_refuses_is_refused(checkout: Path) -> None:
    (checkout / "chalicelib" / "unused.py").write_text("def broken(:\n")
    if bytecode.find(LAMBDA_PYTHON) is None:
        package(checkout)  # nobody here can tell
        return
    with pytest.raises(InfraError, match=r"^Python 3\.13\..*, which runs the functions: .*Syntax"):
        package(checkout)
    assert contents(checkout) == {}


def test_each_module_holds_what_is_laid_beside_it(packaged: Path) -> None:
    laid = files(ROOT / "infra" / "region")
    for stage in STAGES:
        found = files(packaged / "infra" / "build" / stage)
        assert laid.items() <= found.items()
        assert found.keys() - laid.keys() == {"chalice.tf.json", "deployment.zip"}


def test_functions_run_on_the_python_that_packages_are_checked_for() -> None:
    override = (ROOT / "infra" / "region" / "chalice_override.tf").read_text()
    runtimes = re.findall(r'runtime\s*=\s*"(.*)"', override)
    assert set(runtimes) == {f"python{LAMBDA_PYTHON}"}
    assert len(runtimes) == len(re.findall(r'resource "aws_lambda_function"', override))


@pytest.mark.parametrize(
    "name",
    [
        "native.cpython-311-x86_64-linux-gnu.so",
        "native.cpython-312-aarch64-linux-gnu.so",
        "native.cp311-win_amd64.pyd",
        "native.so",
    ],
)
def test_code_compiled_for_another_python_is_refused(name: str, checkout: Path) -> None:
    (checkout / "chalicelib" / name).write_bytes(b"\x7fELF")
    with pytest.raises(InfraError) as refusal:
        package(checkout)
    assert str(refusal.value) == (
        f"chalicelib/{name} in the deployment package is not compiled for Python 3.13, which runs "
        "the functions: package with Python 3.13, or drop the dependency"
    )
    assert contents(checkout) == {}


def test_code_compiled_for_the_functions_python_is_taken(checkout: Path) -> None:
    names = [f"a.cpython-{THIS_PYTHON}-aarch64-linux-gnu.so", "b.abi3.so", "c.so.txt", "so.py"]
    for name in names:
        (checkout / "chalicelib" / name).write_bytes(b"")
    package(checkout)
    with zipfile.ZipFile(checkout / "infra/build/primary/deployment.zip") as archive:
        assert {f"chalicelib/{name}" for name in names} <= set(archive.namelist())


@pytest.mark.parametrize(
    ("app", "said"),
    [
        ("from nowhere import something\n", "No module named 'nowhere'"),
        ("def broken(:\n", "SyntaxError"),
        ("", "has no attribute 'app'"),
    ],
)
def test_a_broken_app_is_refused_in_one_line_and_leaves_nothing(
    app: str, said: str, checkout: Path
) -> None:
    (checkout / "app.py").write_text(app)
    with pytest.raises(InfraError) as refusal:
        package(checkout)
    assert str(refusal.value).startswith("chalice package failed for stage primary: ")
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert list((checkout / "infra" / "build").iterdir()) == []


def test_a_package_that_is_there_survives_a_broken_app(packaged: Path) -> None:
    before = contents(packaged)
    app = packaged / "app.py"
    good = app.read_text()
    app.write_text("raise RuntimeError('broken on purpose')\n")
    try:
        with pytest.raises(InfraError, match="broken on purpose"):
            package(packaged)
    finally:
        app.write_text(good)
    assert contents(packaged) == before
    assert {path.name for path in (packaged / "infra" / "build").iterdir()} == set(STAGES)


def generated() -> dict[str, Any]:
    return {
        "terraform": {"required_version": ">= 0.12.26, < 1.4.0"},
        "provider": {"template": {}},
        "data": {
            "aws_caller_identity": {"chalice": {}},
            "null_data_source": {"chalice": {"inputs": {"app": "api"}}},
        },
        "resource": {
            "aws_api_gateway_deployment": {
                "rest_api": {
                    "stage_name": "v1",
                    "stage_description": "${md5(local.chalice_api_swagger)}",
                    "rest_api_id": "${aws_api_gateway_rest_api.rest_api.id}",
                }
            },
            "aws_lambda_function": {"write": {"timeout": 60}},
        },
    }


def test_modernising_drops_what_todays_terraform_refuses_and_nothing_else() -> None:
    assert modernise(generated()) == {
        "provider": {"template": {}},
        "data": {"aws_caller_identity": {"chalice": {}}},
        "resource": {
            "aws_api_gateway_deployment": {
                "rest_api": {"rest_api_id": "${aws_api_gateway_rest_api.rest_api.id}"}
            },
            "aws_lambda_function": {"write": {"timeout": 60}},
        },
    }


def test_modernising_leaves_its_argument_alone() -> None:
    given = generated()
    before = copy.deepcopy(given)
    result = modernise(given)
    result["data"]["aws_caller_identity"]["chalice"]["added"] = True
    assert given == before


def test_modernising_twice_is_modernising_once() -> None:
    once = modernise(generated())
    assert modernise(once) == once


def test_what_was_packaged_is_modern(packaged: Path) -> None:
    for stage in STAGES:
        text = (packaged / "infra" / "build" / stage / "chalice.tf.json").read_text()
        document = json.loads(text)
        assert modernise(document) == document
        assert str(packaged) not in text
