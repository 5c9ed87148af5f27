"""What is installed is what was tested: exact versions everywhere, hashes where there are any."""

import re

import pytest
import yaml

from infra import ROOT
from tests.delivery import workflows

REQUIREMENT = re.compile(r"^([A-Za-z0-9._\[\],-]+)==([^ ;\\]+)( ; [^\\]+)? \\$")


@pytest.mark.parametrize("name", ["requirements-dev.txt", "requirements-checkov.txt"])
def test_every_python_package_is_pinned_with_hashes(name: str) -> None:
    text = (ROOT / name).read_text()
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert len(blocks) > 50
    unpinned = [
        b for b in blocks if not REQUIREMENT.match(b.split("\n")[0]) or "--hash=sha256:" not in b
    ]
    assert unpinned == []


def test_what_runs_in_lambda_is_pinned() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    assert all("==" in line for line in lines if line.strip() and not line.startswith("#"))


def test_the_provider_is_locked_alike_for_every_platform_in_both_roots() -> None:
    main, bootstrap = (
        (ROOT / folder / ".terraform.lock.hcl").read_text()
        for folder in ("infra", "infra/bootstrap")
    )
    assert main == bootstrap
    # The registry's own list: a checksum for each of the platforms that it has a build for.
    assert len(re.findall(r'"zh:[0-9a-f]{64}"', main)) >= 10
    assert re.search(r'version\s+= "\d+\.\d+\.\d+"', main)


def test_ci_runs_the_terraform_that_the_configuration_asks_for() -> None:
    versions = {
        step["with"]["terraform_version"]
        for _, job in workflows.jobs()
        for step in job.get("steps", [])
        if "setup-terraform" in step.get("uses", "")
    }
    assert len(versions) == 1
    [version] = versions
    assert re.fullmatch(r"1\.(1[1-9]|[2-9]\d)\.\d+", version)


def test_updates_are_asked_for_wherever_there_are_pins() -> None:
    updates = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())["updates"]
    assert {update["package-ecosystem"] for update in updates} == {
        "pip",
        "terraform",
        "github-actions",
    }
    [terraform] = [u for u in updates if u["package-ecosystem"] == "terraform"]
    roots = {
        f"/{path.parent.relative_to(ROOT)}" for path in ROOT.glob("infra/**/.terraform.lock.hcl")
    }
    assert set(terraform["directories"]) == {root for root in roots if "build" not in root}
