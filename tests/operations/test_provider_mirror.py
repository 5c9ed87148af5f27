"""How the AWS provider is found on a machine that can't reach the Terraform registry."""

from pathlib import Path

import pytest

from infra.provider_mirror import cli_configuration

PROVIDER = Path("registry.terraform.io", "hashicorp", "aws")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with nothing in it, on a machine with no provider in the usual places."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "usr" / "share"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("TF_CLI_CONFIG_FILE", raising=False)
    return folder


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """What is searched for a mirror."""
    folder = tmp_path / "disk"
    folder.mkdir()
    return folder


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """Where the configuration may be written."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def mirror(folder: Path) -> Path:
    (folder / PROVIDER).mkdir(parents=True)
    return folder


def test_a_configuration_file_of_the_users_is_left_in_charge(
    scratch: Path, disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror(disk / "opt")
    named = tmp_path / "my.tfrc"
    named.touch()
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(named))
    assert cli_configuration(scratch, disk) == {}
    assert list(scratch.iterdir()) == []


def test_a_mirror_on_the_disk_is_named_in_a_configuration_file(scratch: Path, disk: Path) -> None:
    found = mirror(disk / "opt" / "plugins")
    configuration = scratch / "mirror.tfrc"
    assert cli_configuration(scratch, disk) == {"TF_CLI_CONFIG_FILE": str(configuration)}
    assert configuration.read_text() == (
        "provider_installation {\n"
        "  filesystem_mirror {\n"
        f'    path    = "{found}"\n'
        '    include = ["registry.terraform.io/hashicorp/aws"]\n'
        "  }\n"
        "  direct {\n"
        '    exclude = ["registry.terraform.io/hashicorp/aws"]\n'
        "  }\n"
        "}\n"
    )


def test_a_variable_that_names_no_file_does_not_stop_the_search(
    scratch: Path, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror(disk)
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/nowhere/my.tfrc")
    assert cli_configuration(scratch, disk) == {"TF_CLI_CONFIG_FILE": str(scratch / "mirror.tfrc")}


@pytest.mark.parametrize(
    ("variable", "folder"),
    [
        (None, "home/.terraform.d/plugins"),
        (None, "home/.local/share/terraform/plugins"),
        ("XDG_DATA_HOME", "data/terraform/plugins"),
        ("XDG_DATA_DIRS", "data/terraform/plugins"),
    ],
)
def test_where_terraform_looks_by_itself_nothing_is_written(  # noqa: PLR0913, PLR0917 -- each is a place
    variable: str | None,
    folder: str,
    scratch: Path,
    disk: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mirror(disk)
    mirror(tmp_path / folder)
    if variable is not None:
        monkeypatch.setenv(variable, str(tmp_path / "data"))
    assert cli_configuration(scratch, disk) == {}
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("implied", [False, True])
def test_a_variable_that_names_no_file_is_unset_for_terraform(
    scratch: Path, disk: Path, home: Path, monkeypatch: pytest.MonkeyPatch, *, implied: bool
) -> None:
    if implied:
        mirror(home / ".terraform.d" / "plugins")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/nowhere/my.tfrc")
    assert cli_configuration(scratch, disk) == {"TF_CLI_CONFIG_FILE": ""}


def test_where_there_is_no_mirror_the_registry_is_asked(scratch: Path, disk: Path) -> None:
    (disk / "registry.terraform.io" / "hashicorp" / "google").mkdir(parents=True)
    assert cli_configuration(scratch, disk) == {}
    assert list(scratch.iterdir()) == []


def test_the_search_ends_above_some_projects_cache(scratch: Path, disk: Path) -> None:
    mirror(disk / "home" / "me" / "code" / "project" / "cache")
    assert cli_configuration(scratch, disk) == {}


@pytest.mark.parametrize("folder", ["proc", "sys", "dev", "run"])
def test_what_is_no_disk_is_not_searched(folder: str, scratch: Path, disk: Path) -> None:
    mirror(disk / folder / "plugins")
    assert cli_configuration(scratch, disk) == {}


def test_links_are_not_followed(scratch: Path, disk: Path, tmp_path: Path) -> None:
    mirror(tmp_path / "elsewhere" / "plugins")
    (disk / "link").symlink_to(tmp_path / "elsewhere")
    (disk / "loop").symlink_to(disk)
    assert cli_configuration(scratch, disk) == {}
