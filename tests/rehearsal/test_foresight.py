"""What a rehearsal will deploy, as Terraform has it before anything is deployed."""

import shutil
from pathlib import Path

import pytest

from infra import ROOT
from infra.errors import InfraError
from infra.rehearsal.foresight import foreseen


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that has variables and nothing else."""
    (tmp_path / "infra").mkdir()
    shutil.copy(ROOT / "infra" / "variables.tf", tmp_path / "infra")
    return tmp_path


def test_the_regions_are_those_of_the_variables(project: Path) -> None:
    (project / "infra" / "terraform.tfvars").write_text('primary_region = "eu-west-1"')
    found = foreseen(project, {"routing": "weighted", "weights": {"primary": 90, "secondary": 10}})
    assert [region.name for region in found.regions] == ["eu-west-1", "us-west-2"]
    assert (found.routing, found.weights) == ("weighted", (90, 10))


def test_settings_of_the_user_for_aws_are_none_of_a_rehearsals(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_VAR_primary_region", "eu-west-1")
    assert foreseen(project).primary.name == "us-east-1"


def test_a_file_that_terraform_would_rather_go_by_is_refused(project: Path) -> None:
    (project / "infra" / "own.auto.tfvars").write_text('hosted_zone_name = "mine.test"')
    (project / "infra" / "terraform.tfvars").write_text('domain_name = "api.mine.test"')
    with pytest.raises(
        InfraError,
        match=r"terraform\.tfvars and .*own\.auto\.tfvars set hosted_zone_name or domain_name",
    ):
        foreseen(project)


def test_what_a_variable_refuses_is_refused(project: Path) -> None:
    (project / "infra" / "terraform.tfvars").write_text('secondary_region = "us-east-1"')
    with pytest.raises(InfraError, match="losing it would lose both"):
        foreseen(project)
