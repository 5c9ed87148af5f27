"""Counts the instructions of a start and of a request: alike on a busy machine and an idle one."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from bench import running
from bench.candidates import Field, events
from bench.compare import ITEMS
from infra.bytecode import Interpreter
from infra.errors import InfraError

_CALLS = 50
_PERF = ["perf", "stat", "-x,", "-e", "instructions:u", "--"]
_VALGRIND = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
_TOLD = re.compile(r"^(\d+),.*instructions|I\s+refs:\s+([\d,]+)", re.MULTILINE)


@dataclass(frozen=True)
class Count:
    """Millions of instructions.

    Attributes:
        candidate: whose function.
        kind: list or write.
        cold: of the interpreter's start, the function's, and its first answer.
        warm: of one more request.
    """

    candidate: str
    kind: str
    cold: float
    warm: float


def counter() -> list[str] | None:
    """Return what counts instructions on this machine, perf or valgrind; None if nothing does."""
    for command in (_PERF, _VALGRIND):
        if shutil.which(command[0]):
            done = subprocess.run([*command, "true"], capture_output=True, text=True, check=False)
            if done.returncode == 0 and _TOLD.search(done.stderr):
                return command
    return None


def count(
    field: Field, interpreter: Interpreter, command: list[str], tell: Callable[[str], None]
) -> list[Count]:
    """Count for each candidate's list and write, some seconds for each with valgrind."""
    counts = []
    with running.table(ITEMS) as url:
        given = running.environment(url, field.runtime) | {"PATH": os.environ["PATH"]}
        for kind in ("list", "write"):
            for candidate in field.candidates:
                tell(f"{candidate.name}, {kind}")
                few, many = (
                    _counted(
                        [
                            *command,
                            interpreter.command,
                            *running.arguments(candidate, kind, events()[kind], calls),
                        ],
                        given,
                    )
                    for calls in (0, _CALLS)
                )
                counts.append(Count(candidate.name, kind, few, (many - few) / _CALLS))
    return counts


def _counted(command: list[str], given: dict[str, str]) -> float:
    text = running.run(command, given).stderr
    match = _TOLD.search(text)
    if match is None:
        raise InfraError(f"{command[0]} told no instructions: {text[-200:]!r}")
    return int((match[1] or match[2]).replace(",", "")) / 1e6
