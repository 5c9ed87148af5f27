"""Terraform, driven: what is asked of it, what it may see, and what is said when it fails."""

import json
import os
import stat
from pathlib import Path

import pytest

from infra.errors import InfraError
from infra.terraform import Terraform

ROOT_MODULE = """
variable "text" {
  type = string
}

variable "command" {
  type    = string
  default = "true"
}

resource "terraform_data" "one" {
  input = var.text

  provisioner "local-exec" {
    command = var.command
    quiet   = true
  }
}

resource "terraform_data" "many" {
  for_each = toset(["a", "b"])
  input    = var.text
}

output "text" {
  value     = terraform_data.one.output
  sensitive = true
}
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A root module that needs no provider but the one inside Terraform."""
    folder = tmp_path / "module"
    folder.mkdir()
    (folder / "main.tf").write_text(ROOT_MODULE)
    return folder


def environment(**variables: str) -> dict[str, str]:
    given = {f"TF_VAR_{name}": value for name, value in variables.items()}
    return {"PATH": os.environ["PATH"], "CHECKPOINT_DISABLE": "1"} | given


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH, for a terraform of a test's own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def install(folder: Path, script: str) -> dict[str, str]:
    """Put a terraform into a folder; return the environment that finds it."""
    program = folder / "terraform"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return {"PATH": str(folder)}


def answering(output: str, status: int = 0) -> str:
    """Return a script that knows its version, and answers every command alike."""
    return (
        'if [ "$1" = version ]; then echo "Terraform v1.11.4"; exit; fi\n'
        f"printf '%s\\n' '{output}'\nexit {status}"
    )


def test_a_configuration_is_applied_read_found_settled_and_destroyed(module: Path) -> None:
    progress: list[str] = []
    terraform = Terraform(module, environment(text="hello"), progress.append)
    terraform.init()
    assert terraform.planned_changes() == [
        "output.text",
        'terraform_data.many["a"]',
        'terraform_data.many["b"]',
        "terraform_data.one",
    ]
    assert progress == []
    terraform.apply()
    assert sorted(line.split(":")[0] for line in progress) == [
        'terraform_data.many["a"]',
        'terraform_data.many["b"]',
        "terraform_data.one",
    ]
    assert all("Creation complete" in line for line in progress)
    assert terraform.planned_changes() == []
    assert terraform.outputs() == {"text": "hello"}
    assert Terraform(module, environment(text="bye")).planned_changes() == [
        "output.text",
        'terraform_data.many["a"]',
        'terraform_data.many["b"]',
        "terraform_data.one",
    ]
    terraform.destroy()
    assert sum("Destruction complete" in line for line in progress) == 3
    assert terraform.outputs() == {}


def test_a_check_that_fails_is_told_and_stops_nothing(module: Path) -> None:
    with (module / "main.tf").open("a") as file:
        file.write(
            'check "text" {\n  assert {\n    condition     = terraform_data.one.output == "good"\n'
            '    error_message = "text is ${terraform_data.one.output}, not good."\n  }\n}\n'
        )
    progress: list[str] = []
    terraform = Terraform(module, environment(text="bad"), progress.append)
    terraform.init()
    terraform.planned_changes()
    assert progress == [], "what can't be checked yet is no warning"
    terraform.apply()
    warning = "Check block assertion failed: text is bad, not good."
    assert warning in progress
    progress.clear()
    assert terraform.planned_changes() == []
    assert progress == [warning]


def test_it_sees_the_environment_that_it_is_given_and_no_other(
    module: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "a-real-account")
    monkeypatch.setenv("TF_VAR_text", "from outside")
    seen = module / "seen"
    terraform = Terraform(module, environment(text="given", command=f"env > {seen}"))
    terraform.init()
    terraform.apply()
    assert "AWS_PROFILE" not in seen.read_text()
    assert terraform.outputs() == {"text": "given"}


def test_a_failed_apply_says_in_one_line_what_terraform_said(module: Path) -> None:
    terraform = Terraform(module, environment(text="x", command="echo out of order >&2; exit 7"))
    terraform.init()
    with pytest.raises(InfraError) as failure:
        terraform.apply()
    said = str(failure.value)
    assert said.startswith("terraform apply failed: local-exec provisioner error: ")
    assert "exit status 7" in said
    assert said.endswith("(terraform_data.one)")
    assert "\n" not in said


def test_a_value_that_is_refused_is_said_in_one_line(module: Path) -> None:
    (module / "main.tf").write_text(
        'variable "text" {\n  validation {\n    condition     = var.text == "good"\n'
        '    error_message = "text must be good."\n  }\n}\n'
    )
    terraform = Terraform(module, environment(text="bad"))
    terraform.init()
    with pytest.raises(InfraError) as failure:
        terraform.planned_changes()
    said = str(failure.value)
    assert said.startswith("terraform plan failed: Invalid value for variable: text must be good.")
    assert "\n" not in said


def test_a_file_of_values_that_cant_be_read_is_named_with_its_line(module: Path) -> None:
    (module / "values.tfvars").write_text("# values\ntext = \n")
    terraform = Terraform(module, environment())
    terraform.init()
    with pytest.raises(InfraError, match=r"Invalid expression: .+values\.tfvars:2\)$"):
        terraform.plan(module / "plan", [module / "values.tfvars"])


def test_a_configuration_that_cant_be_read_is_said_without_its_frame(module: Path) -> None:
    (module / "main.tf").write_text('resource "terraform_data" {\n}\n')
    with pytest.raises(InfraError) as failure:
        Terraform(module, environment()).init()
    said = str(failure.value)
    assert said.startswith("terraform init failed: ")
    assert "Missing name for resource" in said
    assert not {"\n", "│", "╷", "╵", "\x1b"} & set(said)


def test_terraform_that_is_missing_is_said_with_the_way_out(fake: Path, tmp_path: Path) -> None:
    with pytest.raises(InfraError, match=r"^terraform is not on the PATH: install Terraform >= "):
        Terraform(tmp_path, {"PATH": str(fake)})


@pytest.mark.parametrize("version", ["v1.10.5", "v0.15.0", "v1.9.0-dev"])
def test_terraform_that_is_too_old_is_said_with_the_way_out(
    version: str, fake: Path, tmp_path: Path
) -> None:
    found = install(fake, f'echo "Terraform {version}"; echo "on linux_amd64"')
    with pytest.raises(InfraError) as refusal:
        Terraform(tmp_path, found)
    assert f"Terraform {version.rpartition('.')[0]} is too old" in str(refusal.value)
    assert "install Terraform >= 1.11" in str(refusal.value)


@pytest.mark.parametrize("version", ["v1.11.0", "v1.12.0-rc1", "v2.0.0"])
def test_terraform_that_is_new_enough_is_taken(version: str, fake: Path, tmp_path: Path) -> None:
    Terraform(tmp_path, install(fake, f'echo "Terraform {version}"'))


@pytest.mark.parametrize(
    ("script", "said"),
    [("exit 0", "it printed nothing"), ("echo Segmentation fault; exit 139", "Segmentation fault")],
)
def test_terraform_that_says_no_version_is_told(
    script: str, said: str, fake: Path, tmp_path: Path
) -> None:
    with pytest.raises(InfraError) as refusal:
        Terraform(tmp_path, install(fake, script))
    assert f"says no version ({said})" in str(refusal.value)


def test_a_failure_without_a_word_is_told_as_such(fake: Path, tmp_path: Path) -> None:
    terraform = Terraform(tmp_path, install(fake, answering("", status=1)))
    with pytest.raises(InfraError, match=r"^terraform apply failed: it printed nothing$"):
        terraform.apply()


def test_only_the_first_three_of_many_errors_are_told(fake: Path, tmp_path: Path) -> None:
    events = (
        json.dumps({"@level": "error", "diagnostic": {"summary": f"Error {n}", "detail": "why"}})
        for n in range(9)
    )
    terraform = Terraform(tmp_path, install(fake, answering("\n".join(events), status=1)))
    with pytest.raises(InfraError) as failure:
        terraform.destroy()
    assert str(failure.value) == (
        "terraform destroy failed: Error 0: why; Error 1: why; Error 2: why"
    )


def test_lines_that_are_no_events_are_passed_over(fake: Path, tmp_path: Path) -> None:
    progress: list[str] = []
    done = json.dumps(
        {"type": "apply_complete", "@message": "a: done", "hook": {"action": "create"}}
    )
    read = json.dumps({"type": "apply_complete", "@message": "b: read", "hook": {"action": "read"}})
    output = f"{{not json\nplain words\n{done}\n{read}"
    terraform = Terraform(tmp_path, install(fake, answering(output)), progress.append)
    terraform.apply()
    assert progress == ["a: done"]


def test_a_warning_of_several_resources_is_told_once_with_all_of_them(
    fake: Path, tmp_path: Path
) -> None:
    progress: list[str] = []
    warning = {"severity": "warning", "summary": "Left as it is", "detail": "in the account"}
    events = (
        json.dumps({"type": "diagnostic", "diagnostic": warning | {"address": f"account.{region}"}})
        for region in ("east", "west")
    )
    script = answering("\n".join(events))
    terraform = Terraform(tmp_path, install(fake, script), progress.append)
    terraform.destroy()
    told = "Left as it is: in the account (account.east, account.west)"
    assert progress == [told]
    terraform.destroy()
    assert progress == [told, told], "each command has its own"


def test_a_provider_that_is_not_to_be_had_is_said_with_the_way_to_a_mirror(
    fake: Path, tmp_path: Path
) -> None:
    # Terraform 1.11.4's own words where it finds neither a mirror nor the registry.
    said = (
        "Error: Failed to query available provider packages\n\n"
        "Could not retrieve the list of available versions for provider hashicorp/aws:\n"
        "could not connect to registry.terraform.io"
    )
    terraform = Terraform(tmp_path, install(fake, answering(said, status=1)))

    with pytest.raises(InfraError) as told:
        terraform.init()

    assert "\n" not in str(told.value)
    assert "could not connect to registry.terraform.io" in str(told.value)
    assert "`terraform providers mirror FOLDER`" in str(told.value)


def test_the_versions_of_terraform_and_of_its_providers_are_told(fake: Path) -> None:
    said = (
        "Terraform v1.11.4\non linux_amd64\n"
        "+ provider registry.terraform.io/hashicorp/aws v5.100.0\n\nYour version is out of date!"
    )
    environment = install(fake, f"printf '%s\\n' '{said}'")
    assert Terraform(fake, environment).versions() == {
        "Terraform": "1.11.4",
        "provider hashicorp/aws": "5.100.0",
    }
