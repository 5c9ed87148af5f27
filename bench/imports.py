"""Breaks the start of a function down by what is imported."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bench import running
from bench.candidates import Candidate, Field, events
from bench.compare import ITEMS
from infra.bytecode import Interpreter
from infra.errors import InfraError

_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")
_OWN = ("app", "chalicelib")


@dataclass(frozen=True)
class Imports:
    """Where a start spends its time: microseconds, the fewest of several starts.

    Attributes:
        candidate: whose start.
        groups: of all modules of one package, Python's own together.
        modules: of the slowest modules, without what they import.
    """

    candidate: str
    groups: dict[str, int]
    modules: dict[str, int]


def breakdown(field: Field, interpreter: Interpreter, starts: int) -> list[Imports]:
    """Return the imports of each candidate's reader."""
    with running.table(ITEMS) as url:
        given = running.environment(url, field.runtime)
        return [
            _of(candidate, field.runtime, interpreter, given, starts)
            for candidate in field.candidates
        ]


def _of(
    candidate: Candidate,
    runtime: Path,
    interpreter: Interpreter,
    given: dict[str, str],
    starts: int,
) -> Imports:
    fewest: dict[str, int] = {}
    arguments = running.arguments(candidate, "list", events()["list"], 0)
    command = [interpreter.command, "-X", "importtime", *arguments]
    for _ in range(starts):
        for module, microseconds in _modules(running.run(command, given).stderr).items():
            fewest[module] = min(microseconds, fewest.get(module, microseconds))
    brought = {path.stem for path in runtime.iterdir()} | {"chalice"}
    groups = Counter[str]()
    for module, microseconds in fewest.items():
        top = module.partition(".")[0]
        group = "app" if top in _OWN else top if top in brought else "Python's own"
        groups[group] += microseconds
    slowest = sorted(fewest.items(), key=lambda entry: -entry[1])[:12]
    return Imports(candidate.name, dict(groups.most_common()), dict(slowest))


def _modules(text: str) -> dict[str, int]:
    found = {match[2]: int(match[1]) for match in map(_LINE.match, text.splitlines()) if match}
    if not found:
        raise InfraError(f"python -X importtime printed no import: {text[-200:]!r}")
    return found
