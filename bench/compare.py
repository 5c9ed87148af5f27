"""Times the candidates' starts and requests, in turns, so that what disturbs one disturbs all."""

import statistics
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench import running
from bench.candidates import Candidate, Field, events
from infra.bytecode import Interpreter

ITEMS = 25
"""In the table: what a page of the project holds, so that all candidates list the same."""


@dataclass(frozen=True)
class Row:
    """What one candidate's function costs: medians.

    Attributes:
        candidate: its name.
        kind: list, read or write.
        figures: by their names, such as cold_ms.
        ratios: the same figures over the first candidate's, as medians over the rounds.
    """

    candidate: str
    kind: str
    figures: dict[str, float]
    ratios: dict[str, float]


def compare(
    field: Field, interpreter: Interpreter, rounds: int, calls: int, tell: Callable[[str], None]
) -> list[Row]:
    """Measure every candidate.

    Args:
        field: the candidates.
        interpreter: what runs them.
        rounds: starts of each.
        calls: requests after each start.
        tell: is told how far it is.
    """
    measured: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    with running.table(ITEMS) as url:
        given = running.environment(url, field.runtime)
        for number in range(rounds):
            tell(f"round {number + 1} of {rounds}")
            for kind, event in events().items():
                for candidate in field.candidates:
                    arguments = running.arguments(candidate, kind, event, calls)
                    figures = running.probe([interpreter.command, *arguments], given)
                    measured[candidate.name, kind].append(figures)
    first = field.candidates[0]
    return [
        _row(candidate, kind, measured[candidate.name, kind], measured[first.name, kind])
        for kind in events()
        for candidate in field.candidates
    ]


def _row(
    candidate: Candidate, kind: str, own: list[dict[str, Any]], first: list[dict[str, Any]]
) -> Row:
    names = list(own[0])
    return Row(
        candidate.name,
        kind,
        {name: statistics.median(each[name] for each in own) for name in names},
        {
            name: statistics.median(a[name] / b[name] for a, b in zip(own, first, strict=True))
            for name in names
        },
    )
