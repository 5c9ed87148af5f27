"""Clones of the project, in which people and runners work."""

import sys
from pathlib import Path

from tests.checkouts import copy_project, leave_the_replica_unprotected

_BOUNDARY = "# permissions_boundary = "


def clone(root: Path) -> Path:
    """Make a checkout with Python and its packages, as after the first actions of a job."""
    copy_project(root)
    leave_the_replica_unprotected(root)
    # Apart from the real one, which `make` would clear if it took it for outdated.
    (root / ".venv").mkdir()
    for part in ("bin", "lib", "pyvenv.cfg"):
        (root / ".venv" / part).symlink_to(Path(sys.executable).parents[1] / part)
    (root / ".venv" / ".ready").touch()
    return root


def describe(root: Path, environment: str, boundary: str) -> None:
    """Do what docs/delivery.md says of an environment."""
    variables = root / "infra" / "environments" / f"{environment}.tfvars"
    text = variables.read_text()
    assert text.count(_BOUNDARY) == 1
    kept, _, rest = text.partition(_BOUNDARY)
    _, _, rest = rest.partition("\n")
    variables.write_text(f'{kept}permissions_boundary = "{boundary}"\n{rest}')
