"""`python -m infra rehearse-release`: release good and bad versions on this machine."""

import click
from rich.markup import escape
from rich.table import Table

from infra import ROOT
from infra.display import Display, table
from infra.exits import DONE, NOT_SO
from infra.rehearsal import releasing
from infra.rehearsal.candidates import CANDIDATES
from infra.rehearsal.releasing import CLIENTS, SLOW_SECONDS, Finding


@click.command("rehearse-release")
@click.argument("versions", nargs=-1, type=click.Choice([*CANDIDATES]), metavar="[VERSION]...")
@click.option(
    "--standby",
    type=click.Choice(["cold", "warm"]),
    default="cold",
    show_default=True,
    help="What the standby region has ready (docs/standby.md). Warm: a release waits there "
    "until as much is ready of the new version.",
)
@click.pass_context
def command(context: click.Context, versions: tuple[str, ...], standby: str) -> None:
    """Release good and bad versions on this machine, under traffic; see the bad ones taken back.

    Needs no AWS account and touches none. Deploys a copy of the project into an emulator, lets
    clients read and write, and calls `release` on each VERSION (good, bad-import, errors, slow), by
    default on all. Shows how many of the clients' requests met what was wrong.

    Exit status 1: a bad version was released, a good one was not, or a client noticed a good one.
    2: the rehearsal could not be run.
    """
    candidates = [CANDIDATES[name] for name in versions or CANDIDATES]
    display = Display()
    with releasing.opened(ROOT, display, standby) as sandbox:
        findings = sandbox.release(candidates)
    display.console.print(_table(findings))
    display.note(
        f"{CLIENTS} clients, two requests a second each. Not shown: how late CloudWatch is (a "
        "minute or two), alarms, and chance: AWS chooses at random where the emulator counts"
    )
    context.exit(DONE if all(finding.passed for finding in findings) else NOT_SO)


def _table(findings: list[Finding]) -> Table:
    shown = table(
        ("version", "should be"),
        numbers=("seconds", "requests", "failed", f"over {SLOW_SECONDS:g} s"),
        remarks=("what came of it",),
    )
    for finding in findings:
        colour = "green" if finding.passed else "red"
        shown.add_row(
            finding.candidate.name,
            "released" if finding.candidate.good else "taken back",
            f"{finding.seconds:.0f}",
            str(len(finding.requests)),
            str(finding.failed),
            str(finding.slow),
            f"[{colour}]{escape(finding.why)}[/{colour}]",
        )
    return shown
