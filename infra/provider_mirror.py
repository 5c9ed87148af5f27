"""Finds the AWS provider on a machine that can't reach the Terraform registry."""

import os
import platform
from collections.abc import Iterator
from pathlib import Path

REGISTRY = "registry.terraform.io"
_PROVIDER = f"{REGISTRY}/hashicorp/aws"
# A mirror lies near the top of a disk, or in somebody's home; deeper it is some project's cache.
_SEARCH_DEPTH = 4
_NOT_DISKS = frozenset({"proc", "sys", "dev", "run"})


def cli_configuration(directory: Path, search_from: Path = Path("/")) -> dict[str, str]:
    """Return the environment that lets Terraform find the provider.

    A configuration file of the user's, or a provider in one of the folders in which Terraform
    looks by itself, needs nothing. Otherwise the machine is searched for a mirror, and where there
    is one a configuration that names it is written into `directory`. Where there is none Terraform
    is left to ask the registry.

    Args:
        directory: an existing folder for the configuration file.
        search_from: where to search for a mirror.
    """
    named = os.environ.get("TF_CLI_CONFIG_FILE")
    if named and Path(named).is_file():
        return {}
    # Terraform warns at every command of a variable that names a file which isn't there.
    unset = {"TF_CLI_CONFIG_FILE": ""} if named else {}
    if any((folder / _PROVIDER).is_dir() for folder in _implied_folders()):
        return unset
    mirror = next(_mirrors(search_from, _SEARCH_DEPTH), None)
    if mirror is None:
        return unset
    configuration = directory / "mirror.tfrc"
    configuration.write_text(
        "provider_installation {\n"
        f'  filesystem_mirror {{\n    path    = "{mirror}"\n    include = ["{_PROVIDER}"]\n  }}\n'
        f'  direct {{\n    exclude = ["{_PROVIDER}"]\n  }}\n'
        "}\n"
    )
    return {"TF_CLI_CONFIG_FILE": str(configuration)}


def _implied_folders() -> Iterator[Path]:
    """Yield where Terraform looks by itself.

    https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
    """
    home = Path.home()
    yield home / ".terraform.d" / "plugins"
    yield Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share", "terraform", "plugins")
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    yield from (Path(folder, "terraform", "plugins") for folder in shared.split(":"))
    if platform.system() == "Darwin":
        yield home / "Library/Application Support/io.terraform/plugins"
        yield Path("/Library/Application Support/io.terraform/plugins")


def _mirrors(folder: Path, depth: int) -> Iterator[Path]:
    if (folder / _PROVIDER).is_dir():
        yield folder
    if depth == 0:
        return
    try:
        below = sorted(
            entry.path
            for entry in os.scandir(folder)
            if entry.is_dir(follow_symlinks=False) and entry.name not in _NOT_DISKS
        )
    except OSError:
        return
    for path in below:
        yield from _mirrors(Path(path), depth - 1)
