"""The configuration is well-formed, valid, portable, and passes its own `terraform test`."""

import re
import subprocess
from pathlib import Path

import pytest

from infra import ROOT
from tests.terraform.checkouts import REGION, TESTED, Checkout, said, terraform

INFRA = ROOT / "infra"
GENERATED = {"build", ".terraform"}
SOURCES = sorted(
    path for path in INFRA.rglob("*.tf") if not GENERATED & set(path.relative_to(INFRA).parts)
)

# What only an emulator needs. Where to go is told by the environment alone.
EMULATOR_ONLY = re.compile(
    r"""
    ^\s*endpoints?\s*(?:=\s*["{]|\{)  # of a provider or a backend
    | AWS_ENDPOINT | localhost | 127\.0\.0\. | 0\.0\.0\.0 | http://
    | \bskip_\w+ | use_path_style | force_path_style
    | \b(?:access_key|secret_key)\s*= | \binsecure\s*=
    | emulat | ministack | localstack | moto\b | \brehears
    """,
    re.VERBOSE | re.IGNORECASE,
)


def test_every_file_is_formatted() -> None:
    modules = {path.parent for path in SOURCES}
    folders = sorted(map(str, modules | {INFRA / "tests", INFRA / "region" / "tests"}))
    done = terraform(INFRA, {}, "fmt", "-check", "-diff", "-no-color", *folders)
    assert done.returncode == 0, f"run `terraform fmt -recursive infra`:\n{said(done)}"


def test_the_configuration_is_valid(checkout: Checkout) -> None:
    done = checkout.terraform("validate", "-no-color")
    assert done.returncode == 0, said(done)
    assert "Warning" not in said(done), said(done)


@pytest.mark.parametrize("module", TESTED, ids=["root", "region"])
def test_a_modules_own_tests_pass(module: str, without_the_firewall: Checkout) -> None:
    assert_all_pass(without_the_firewall.terraform("test", "-no-color", module=module))


def test_the_firewalls_own_tests_pass(checkout: Checkout) -> None:
    firewall = ("-filter=tests/firewall.tftest.hcl",)
    assert_all_pass(checkout.terraform("test", "-no-color", *firewall, module=REGION))


def assert_all_pass(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, said(done)
    assert re.search(r"Success! [1-9]\d* passed, 0 failed\.", done.stdout), said(done)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(INFRA)))
def test_nothing_is_there_for_an_emulator_only(path: Path) -> None:
    lines = path.read_text().splitlines()
    found = [f"{n}: {line}" for n, line in enumerate(lines, 1) if EMULATOR_ONLY.search(line)]
    assert not found, f"{path} must not know where it is applied:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "  endpoints {",
        '  endpoint = "http://127.0.0.1:4566"',
        "  skip_credentials_validation = true",
        "  s3_use_path_style = true",
        '  access_key = "test"',
        "# for the emulator",
    ],
)
def test_what_an_emulator_needs_would_be_found(line: str) -> None:
    assert EMULATOR_ONLY.search(line)


@pytest.mark.parametrize(
    "line",
    [
        "  endpoint_configuration {",
        "  endpoint  = var.email",
        "  disable_execute_api_endpoint = true",
        "# Each region's health is judged over the endpoint.",
    ],
)
def test_what_aws_needs_is_left_alone(line: str) -> None:
    assert not EMULATOR_ONLY.search(line)
