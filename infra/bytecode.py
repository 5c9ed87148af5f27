"""Compiles what the functions run, as their Python would: /var/task can't be written to there.

Without it, every cold start compiles Chalice and the app anew. A `.pyc` is good for one version of
Python, so that one has to be on the machine that packages; where it isn't, sources alone ship.
https://peps.python.org/pep-0552/ (unchecked hashes: a zip's entries have no times to compare)
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.errors import InfraError

# Takes a list of sources as arguments. One process for all of them and a fixed hash seed, so that
# they come out as the same bytes each time.
_COMPILE = """
import py_compile, sys
for name in sys.argv[1:]:
    py_compile.compile(
        name, dfile=f"/var/task/{name}", doraise=True, quiet=1,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
"""


@dataclass(frozen=True)
class Interpreter:
    """A Python on this machine.

    Attributes:
        command: its own path, not that of a stand-in such as pyenv's.
        version: such as 3.13.5.
    """

    command: str
    version: str


def find(version: str) -> Interpreter | None:
    """Return a Python of this version, such as 3.13: the running one, or one on PATH."""
    for command in (sys.executable, shutil.which(f"python{version}")):
        found = _resolved(command, version) if command else None
        if found and found.version.startswith(f"{version}."):
            return found
    return None


def compiled(sources: Mapping[str, bytes], interpreter: Interpreter) -> dict[str, bytes]:
    """Return the compiled files of Python sources.

    Args:
        sources: by their paths in the package, such as chalicelib/table.py; others are left out.
        interpreter: what they are compiled by, and for.

    Returns:
        By their paths, such as chalicelib/__pycache__/table.cpython-313.pyc.

    Raises:
        InfraError: one is no Python of that version; the text has its error.
    """
    names = sorted(name for name in sources if name.endswith(".py"))
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            path = Path(scratch, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(sources[name])
        done = subprocess.run(
            [interpreter.command, "-c", _COMPILE, *names],
            cwd=scratch,
            env=_environment(interpreter.version),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            error = (done.stderr.strip().splitlines() or ["?"])[-1]
            raise InfraError(f"Python {interpreter.version}, which runs the functions: {error}")
        files = Path(scratch).rglob("__pycache__/*.pyc")
        return {str(path.relative_to(scratch)): path.read_bytes() for path in files}


def _resolved(command: str, wanted: str) -> Interpreter | None:
    done = subprocess.run(
        [command, "-c", "import platform, sys; print(platform.python_version(), sys.executable)"],
        env=_environment(wanted),
        capture_output=True,
        text=True,
        check=False,
    )
    version, _, executable = done.stdout.strip().partition(" ")
    return Interpreter(executable, version) if done.returncode == 0 else None


def _environment(version: str) -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    # pyenv puts a stand-in on PATH, which runs what this names.
    return inherited | {"PYTHONHASHSEED": "0", "PYENV_VERSION": version}
