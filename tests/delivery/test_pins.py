"""What is installed is what was tested: exact versions everywhere, hashes where there are any."""

import re

import pytest
import yaml

from infra import ROOT
from tests.delivery import workflows

REQUIREMENT = re.compile(r"^([A-Za-z0-9._\[\],-]+)==([^ ;\\]+)( ; [^\\]+)? \\$")


@pytest.mark.parametrize("name", ["requirements-dev.txt", "requirements-checkov.txt"])
def test_every_python_package_is_pinned_with_hashes(name: str) -> None:
    text = re.sub(r"^#.*\n", "", (ROOT / name).read_text(), flags=re.MULTILINE)
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert len(blocks) > 50
    unpinned = [
        b for b in blocks if not REQUIREMENT.match(b.split("\n")[0]) or "--hash=sha256:" not in b
    ]
    assert unpinned == []


@pytest.mark.parametrize("name", ["dev", "checkov"])
def test_a_lock_file_says_for_what_it_is_to_be_made_anew(name: str) -> None:
    # Dependabot reads it there: uv's compile_file_updater.rb, in dependabot/dependabot-core.
    made_by = (ROOT / f"requirements-{name}.txt").read_text().split("\n", 2)[1]
    assert {"--universal", "--python-version 3.11", "--generate-hashes"} <= set(
        re.findall(r"--[a-z-]+(?: [\d.]+)?", made_by)
    )


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
        "uv",
        "terraform",
        "github-actions",
    }
    [terraform] = [u for u in updates if u["package-ecosystem"] == "terraform"]
    locked = ROOT / terraform["directory"].strip("/")
    assert (locked / ".terraform.lock.hcl").is_file()
    # It begins with `terraform init`, which wants every module to be there.
    sources = "".join(path.read_text() for path in locked.glob("*.tf"))
    modules = re.findall(r'source\s+= "\./([^"]+)"', sources)
    assert modules
    assert [name for name in modules if name.startswith("build/")] == []
