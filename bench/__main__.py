"""`python -m bench`: what the functions cost."""

import json
import platform
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from bench import candidates, compare, growth, imports, instructions, report
from infra import bytecode, process
from infra.errors import InfraError
from infra.package import LAMBDA_PYTHON
from infra.parameters import NewFile

# The tables need so many columns; a narrower terminal wraps their lines.
_WIDTH = 100


@click.command(context_settings={**process.SETTINGS})
@click.option(
    "--rounds",
    type=click.IntRange(1),
    default=11,
    show_default=True,
    help="Starts of each candidate.",
)
@click.option(
    "--calls",
    type=click.IntRange(1),
    default=300,
    show_default=True,
    help="Requests after each start.",
)
@click.option("--instructions", "count", is_flag=True, help="Count instructions too: minutes.")
@click.option(
    "--json",
    "output",
    type=NewFile(allow_dash=True),
    help="Write all that was measured to this file; - is the standard output.",
)
def main(rounds: int, calls: int, count: bool, output: Path | None) -> None:  # noqa: FBT001 -- click's way
    """Measure the functions' starts and requests beside those of other ways to build them.

    \b
    origin        two functions on boto3.resource, as the project began: the
                  others are compared with it
    boto3 client  the project on boto3's client
    project       its real package, unpacked
    not compiled  the same without its compiled files
    bare          no framework, no SDK, no signature: what is left when nothing
                  can be left out

    Candidates take turns: compare figures within a run, never with another run's. Cold is from a
    bare interpreter to the end of the first answer; warm is the CPU of one request after many; the
    table is a stand-in on the loopback.

    Exit status 2: it can't measure.
    """  # noqa: D301 -- the character keeps click from filling the lines
    interpreter = bytecode.find(LAMBDA_PYTHON)
    if interpreter is None:
        interpreter = bytecode.Interpreter(sys.executable, platform.python_version())
        click.echo(f"no Python {LAMBDA_PYTHON} here, as Lambda has: measuring another", err=True)
    measured = _measure(interpreter, rounds, calls, count=count)
    if output is not None:
        with click.open_file(str(output), "w") as file:
            file.write(json.dumps(measured, indent=1) + "\n")


def _measure(
    interpreter: bytecode.Interpreter, rounds: int, calls: int, *, count: bool
) -> dict[str, Any]:
    console = Console(stderr=True, highlight=False)
    console.width = max(console.width, _WIDTH)
    counter = instructions.counter() if count else None
    if count and counter is None:
        raise InfraError("neither perf nor valgrind counts instructions here: leave --instructions")
    with tempfile.TemporaryDirectory() as scratch, console.status("packaging") as status:
        field = candidates.prepare(Path(scratch), interpreter)
        rows = compare.compare(field, interpreter, rounds, calls, status.update)
        breakdowns = imports.breakdown(field, interpreter, starts=5)
        costs = growth.growth(field, interpreter, calls, status.update)
        counts = instructions.count(field, interpreter, counter, status.update) if counter else []
    machine = f"Python {interpreter.version}, {_processor()}"
    console.print(f"{machine}; package {field.zip_bytes:,} bytes")
    report.comparison(rows, console)
    report.imports(breakdowns, field.project.name, console)
    report.growth(costs, console)
    if counts:
        report.instructions(counts, console)
    return {
        "machine": machine,
        "zip_bytes": field.zip_bytes,
        "rows": [asdict(row) for row in rows],
        "imports": [asdict(each) for each in breakdowns],
        "growth": [asdict(cost) for cost in costs],
        "instructions": [asdict(each) for each in counts],
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    name = models[0] if models else platform.processor() or platform.machine()
    return f"{len(models) or '?'} x {name}"


if __name__ == "__main__":
    sys.exit(process.run(main, "python -m bench"))
