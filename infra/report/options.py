"""Options that the commands which write or read reports have in common."""

from pathlib import Path

import click

from infra import ROOT
from infra.report.store import KEPT

reports_folder = click.option(
    "--reports",
    type=click.Path(file_okay=False, path_type=Path),
    default=ROOT / "reports",
    help="Folder of the reports.  [default: reports/]",
)

runs_kept = click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=KEPT,
    show_default=True,
    help="Runs to keep in that folder. Older ones that were written by this command are removed; "
    "a file that you renamed, or put there, stays.",
)
