"""One environment's values never meet another's state."""

from pathlib import Path

import pytest

from infra.backend import Backend
from infra.errors import InfraError
from infra.operations.applying import carry_out
from infra.operations.project import initialised


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two environments, and a terraform that keeps what it is called with."""
    program = tmp_path / "bin" / "terraform"
    program.parent.mkdir()
    program.write_text(
        '#!/bin/sh\nif [ "$1" = version ]; then echo "Terraform v1.11.4"; exit; fi\n'
        f'echo "$@" >> {tmp_path / "calls"}\n'
        f"[ -e {tmp_path}/$1.error ] || exit 0\n"
        f'read -r said < {tmp_path}/$1.error; echo "$said"; exit 1\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    environments = tmp_path / "infra" / "environments"
    environments.mkdir(parents=True)
    (tmp_path / "infra" / "build").mkdir()
    for name in ("staging", "prod"):
        (environments / f"{name}.tfvars").write_text(f'name = "{name}"\n')
    return tmp_path


def connect(root: Path, environment: str) -> None:
    backend = Backend("states", "us-east-1").configuration(environment)
    (root / "infra" / "backend.hcl").write_text(backend)


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_an_environment_is_planned_with_its_own_variables_and_its_own_state(
    environment: str, root: Path
) -> None:
    connect(root, environment)
    with initialised(root, (), packaged=True) as project:
        project.plan(root / "plan")
    init, plan = (root / "calls").read_text().splitlines()
    assert "-backend-config=backend.hcl" in init
    assert "-reconfigure" in init
    assert f'key     = "stacks/{environment}.tfstate"' in (root / "infra/backend.hcl").read_text()
    assert plan.count("-var-file") == 1
    assert f"-var-file={root}/infra/environments/{environment}.tfvars" in plan


def test_values_that_are_given_are_put_after_the_environments(root: Path) -> None:
    connect(root, "prod")
    given = root / "more.tfvars"
    with initialised(root, [given], packaged=True) as project:
        project.plan(root / "plan")
    plan = (root / "calls").read_text().splitlines()[-1]
    assert plan.index("prod.tfvars") < plan.index("more.tfvars"), "the last one counts"


@pytest.mark.parametrize(
    ("refusal", "way_out"),
    [
        (
            "no matching Route 53 Hosted Zone found",
            r"hosted_zone_name must be .+ set it in .+/prod\.tfvars$",
        ),
        (
            "replica cannot be in same region as main table",
            r"can't change places .+; put them back in .+/prod\.tfvars$",
        ),
    ],
    ids=["no zone", "regions swapped"],
)
def test_what_terraform_refuses_is_said_with_the_file_that_has_the_value(
    root: Path, refusal: str, way_out: str
) -> None:
    connect(root, "prod")
    (root / "plan.error").write_text(f"Error: {refusal}\n")
    with (
        initialised(root, (), packaged=True) as project,
        pytest.raises(InfraError, match=way_out),
    ):
        project.plan(root / "plan")


def test_a_zone_that_no_environment_names_is_said_with_terraforms_own_file(root: Path) -> None:
    (root / "plan.error").write_text("Error: no matching Route 53 Hosted Zone found\n")
    with (
        initialised(root, (), packaged=True) as project,
        pytest.raises(InfraError, match=r"set it in .+/infra/terraform\.tfvars$"),
    ):
        project.plan(root / "plan")


def test_a_file_that_is_no_plan_is_said_to_be_none(root: Path) -> None:
    connect(root, "prod")
    (root / "show.error").write_text(
        "Error: Failed to read the given file as a state or plan file\n"
    )
    with (
        initialised(root, (), packaged=True) as project,
        pytest.raises(InfraError, match=r"^README\.md is no plan, as `python -m infra plan"),
    ):
        carry_out(project, Path("README.md"), (), yes=True)
    assert "apply" not in (root / "calls").read_text()


def test_the_file_of_a_deployment_that_is_gone_goes_and_no_other(root: Path) -> None:
    connect(root, "prod")
    (root / "deployments").mkdir()
    for stack in ("gone", "other"):
        (root / "deployments" / f"{stack}.json").write_text("{}")
    with initialised(root, (), packaged=True) as project:
        project.remove_deployment("gone")
        project.remove_deployment("never written")
    assert [path.name for path in (root / "deployments").iterdir()] == ["other.json"]


def test_a_state_whose_environment_is_gone_is_not_touched(root: Path) -> None:
    connect(root, "prod")
    (root / "infra/environments/prod.tfvars").unlink()
    with (
        pytest.raises(InfraError, match="no environment 'prod': use staging"),
        initialised(root, (), packaged=True),
    ):
        pass
    assert not (root / "calls").exists()
