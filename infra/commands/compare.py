"""`python -m infra compare`: two reports side by side."""

import json
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from infra.display import table
from infra.errors import InfraError
from infra.options import as_json_option
from infra.report import Report, comparison, machine
from infra.report.comparison import Difference, Pair
from infra.report.options import reports_folder
from infra.report.store import Store
from infra.report.words import changed, measured, promised


def _runs(context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    names = [path.stem for path in Store(context.params["reports"]).last_runs()]
    return [name for name in reversed(names) if name.startswith(begun)]


@click.command("compare")
@click.argument("before", required=False, shell_complete=_runs)
@click.argument("after", required=False, shell_complete=_runs)
@reports_folder
@click.option(
    "--different-settings",
    is_flag=True,
    help="Compare runs with different settings too; the differences are shown.",
)
@as_json_option
def command(
    *,
    before: str | None,
    after: str | None,
    reports: Path,
    different_settings: bool,
    as_json: bool,
) -> None:
    """Show the figures of two runs side by side, BEFORE and AFTER.

    Each is the name of a run, or the path of its page or its JSON. Without any, the last two runs
    are compared; with one, that run and the last. Where a checker was in its interval when the
    region was lost is chance, and moves the figures by seconds: compare several runs before you
    call one setting faster than another.

    Exit status 2: a report can't be read, or the runs had different settings.
    """
    first, second = (machine.read(path) for path in _chosen(Store(reports), before, after))
    different = comparison.settings(first, second)
    if different and not different_settings:
        told = "\n  ".join(map(str, different))
        raise InfraError(
            f"the runs had different settings, so their figures say little about each other:\n"
            f"  {told}\n--different-settings compares them anyway"
        )
    pairs = comparison.figures(first, second)
    if as_json:
        click.echo(_document(first, second, different, pairs))
        return
    console = Console(highlight=False, soft_wrap=True)
    for word, run in (("before", first), ("after", second)):
        mark = "[green]passed[/green]" if run.passed else "[red]FAILED[/red]"
        console.print(f"{word:<7}{run.began}  {mark}  {escape(run.verdict)}")
    for difference in different:
        console.print(f"[yellow]settings differ[/yellow]  {escape(str(difference))}")
    for difference in comparison.versions(first, second):
        console.print(f"[dim]made with other[/dim]  {escape(str(difference))}")
    console.print(_table(pairs))


def _chosen(store: Store, before: str | None, after: str | None) -> tuple[Path, Path]:
    if before is not None and after is not None:
        return store.find(before), store.find(after)
    needed = 2 if before is None else 1
    runs = store.last_runs()
    if len(runs) < needed:
        raise InfraError(
            f"{store.folder} holds {len(runs)} of the {needed} runs to compare: `python -m infra "
            "rehearse` adds one; or name both, by path or by name"
        )
    return (runs[-2] if before is None else store.find(before)), runs[-1]


def _table(pairs: Sequence[Pair]) -> Table:
    shown = table(("figure",), numbers=("before", "after", "change", "promised"))
    for pair in pairs:
        known = pair.after or pair.before
        shown.add_row(
            escape(pair.name),
            "" if pair.before is None else _coloured(measured(pair.before), pair.before.kept),
            "" if pair.after is None else _coloured(measured(pair.after), pair.after.kept),
            changed(pair),
            "" if known is None else promised(known),
        )
    return shown


def _coloured(text: str, kept: bool) -> str:  # noqa: FBT001 -- a figure's own property
    return text if kept else f"[red]{text}[/red]"


def _document(
    before: Report, after: Report, different: Sequence[Difference], pairs: Sequence[Pair]
) -> str:
    document = {
        "before": {"began": before.began, "passed": before.passed},
        "after": {"began": after.began, "passed": after.passed},
        "settings": {d.name: [d.before, d.after] for d in different},
        "versions": {d.name: [d.before, d.after] for d in comparison.versions(before, after)},
        "figures": [
            {
                "name": pair.name,
                "before": None if pair.before is None else pair.before.value,
                "after": None if pair.after is None else pair.after.value,
                "change": pair.change,
            }
            for pair in pairs
        ],
    }
    return json.dumps(document, indent=1)
