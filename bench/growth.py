"""What grows with the table: calls, units and CPU of each request, at 10 items and at a million."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench import running, table
from bench.candidates import Candidate, Field, event
from chalicelib import tokens
from infra.bytecode import Interpreter

SIZES = (10, 10_000, 1_000_000)
_PROCESSES = 3


@dataclass(frozen=True)
class Cost:
    """What one request costs at one size of the table.

    Attributes:
        candidate: whose function.
        request: what is asked.
        items: in the table.
        calls: of DynamoDB for one request.
        read_units: that DynamoDB would charge for one request.
        write_units: likewise.
        cpu_us: the function's, in microseconds: a median, the least of three processes'.
    """

    candidate: str
    request: str
    items: int
    calls: float
    read_units: float
    write_units: float
    cpu_us: float


def growth(
    field: Field, interpreter: Interpreter, calls: int, tell: Callable[[str], None]
) -> list[Cost]:
    """Measure the project's requests, and the origin's list, which has no limit.

    Args:
        field: the candidates.
        interpreter: what runs them.
        calls: requests of each kind at each size.
        tell: is told how far it is.
    """
    costs = []
    for items in SIZES:
        tell(f"{items} items")
        with running.table(items) as url:
            bench = _Bench(interpreter, url, running.environment(url, field.runtime), items)
            for name, request in _requests(items).items():
                costs.append(bench.cost(field.project, name, request, calls))
            # One list of the origin's takes as long as a hundred of the others.
            few = max(1, calls // 20)
            costs.append(bench.cost(field.candidates[0], "list", event("GET", "/read"), few))
    return costs


@dataclass(frozen=True)
class _Bench:
    """One size of the table, and what is run on it."""

    interpreter: Interpreter
    url: str
    given: dict[str, str]
    items: int

    def cost(self, candidate: Candidate, name: str, request: dict[str, Any], calls: int) -> Cost:
        arguments = running.arguments(candidate, name, json.dumps(request), calls)
        command = [self.interpreter.command, *arguments]
        medians = [running.probe(command, self.given)["warm_cpu_us"] for _ in range(_PROCESSES)]
        counted = running.counted(self.url)
        asked = _PROCESSES * (calls + 1)  # a process's first is not timed, but counted
        units = {kind: counted.pop(kind, 0) for kind in ("half read units", "write units")}
        return Cost(
            candidate=candidate.name,
            request=name,
            items=self.items,
            calls=sum(counted.values()) / asked,
            read_units=units["half read units"] / 2 / asked,
            write_units=units["write units"] / asked,
            cpu_us=min(medians),
        )


def _requests(items: int) -> dict[str, dict[str, Any]]:
    middle = table.item_id(items // 2)
    written = json.dumps({"ItemId": middle, "Data": {"text": "hello"}})
    return {
        "read": event("GET", "/read", query={"ItemId": middle}),
        "write": event("POST", "/write", body=written),
        "health probe": event("GET", "/read", query={"limit": "1"}),
        "list, first page": event("GET", "/read"),
        "list, page in the middle": event("GET", "/read", query={"next": tokens.encode(middle)}),
    }
