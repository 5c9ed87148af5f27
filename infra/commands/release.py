"""`python -m infra release`: move clients to a new version, bit by bit, and back."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import click

from infra import ROOT
from infra.confirmation import confirm, confirm_stack
from infra.deployment import Deployment
from infra.display import Display
from infra.exits import DONE, NOT_SO
from infra.functions import KINDS
from infra.operations.applying import allow_destroy_option, carry_out, plan_argument
from infra.operations.options import naming_a_deployment
from infra.operations.project import Project, initialised, var_files_option
from infra.releases import standing
from infra.releases.canary import CanarySettings
from infra.releases.conduct import Conduct, regions_of
from infra.releases.functions import Functions
from infra.releases.options import canary_options


@click.command("release")
@plan_argument
@click.option("--resume", is_flag=True, help="Go on with a release that stopped half-way.")
@click.option("--rollback", is_flag=True, help="Take clients back, within seconds.")
@click.option("--status", is_flag=True, help="Show what serves, what is kept, and how far it is.")
@click.option("--json", "as_json", is_flag=True, help="With --status: for machines.")
@click.option(
    "--function",
    "which",
    type=click.Choice([*KINDS, "both"]),
    default="both",
    show_default=True,
    help="Which functions to release or to roll back.",
)
@click.option(
    "--to",
    "code",
    metavar="CODE",
    help="With --rollback: how the code of the kept version begins, as --status shows it.  "
    "[default: the version before]",
)
@canary_options
@click.option(
    "--keep",
    type=click.IntRange(min=2),
    default=3,
    show_default=True,
    help="Versions of each function to keep when it is done, the newest.",
)
@click.option("--again", is_flag=True, help="Release also a version that was rolled back.")
@click.option(
    "--despite-alarms",
    is_flag=True,
    help="Release although an alarm is on, as its fix must be; such alarms don't count then.",
)
@click.option("--yes", is_flag=True, help="Don't ask.")
@var_files_option
@allow_destroy_option
@naming_a_deployment
@click.pass_context
def command(  # noqa: PLR0913 -- an argument an option
    context: click.Context,
    *,
    plan: Path | None,
    resume: bool,
    rollback: bool,
    status: bool,
    as_json: bool,
    which: str,
    code: str | None,
    settings: CanarySettings,
    keep: int,
    again: bool,
    despite_alarms: bool,
    yes: bool,
    var_files: tuple[Path, ...],
    allowed: tuple[str, ...],
    named: Callable[[], Deployment],
) -> None:
    """Apply, and move clients to the new versions bit by bit, or back; or show how it stands.

    Packages, plans, asks and applies as `apply` does, or applies a saved PLAN; what is published
    serves nobody yet. Then, in the standby region first: the new versions must answer probes, get
    a share of the requests, are watched by their errors, their p99 and the region's alarms, and get
    all; or clients are taken back in both regions at once, and it says why. How far it is stands in
    Lambda's aliases: it may be interrupted anywhere, and gone on with from any machine.

    --resume, --rollback and --status need no Terraform, no state and no package.

    Exit status 0: released. 1: rolled back, or left half-way, and why; with --status, a release is
    half-way. 2: refused. 130: interrupted, and what to do then.
    """
    _require_one_mode(plan, code, resume=resume, rollback=rollback, status=status, as_json=as_json)
    kinds = KINDS if which == "both" else (which,)
    if status:
        context.exit(_status(named(), as_json=as_json))
    if resume or rollback:
        deployment = named()
        conduct = Conduct(Display(), regions_of(deployment), settings, keep, despite_alarms)
        end = _take_back(conduct, kinds, code) if rollback else _go_on(conduct)
        confirm_stack(deployment.stack, yes=yes)
        context.exit(end())
    with initialised(ROOT, var_files, packaged=plan is not None) as project:
        conduct = Conduct(project.display, _deployed(project), settings, keep, despite_alarms)
        conduct.require_possible()
        asked = carry_out(project, plan, allowed, yes=yes, then=" and release it")
        conduct = replace(conduct, regions=_deployed(project))
    context.exit(_release(conduct, kinds, again=again, yes=yes or asked or plan is not None))


def _require_one_mode(  # noqa: PLR0913 -- an argument an option
    plan: Path | None,
    code: str | None,
    *,
    resume: bool,
    rollback: bool,
    status: bool,
    as_json: bool,
) -> None:
    if resume + rollback + status > 1:
        raise click.UsageError("give one of --resume, --rollback and --status")
    if plan is not None and (resume or rollback or status):
        raise click.UsageError("a PLAN is for a new release")
    if as_json and not status:
        raise click.UsageError("--json goes with --status")
    if code is not None and not rollback:
        raise click.UsageError("--to goes with --rollback")
    if code is not None and not re.fullmatch("[0-9a-f]{4,64}", code):
        raise click.BadParameter(
            f"{code!r} is not how a code begins: 4 to 64 hexadecimal digits, as --status shows",
            param_hint="--to",
        )


def _take_back(conduct: Conduct, kinds: Iterable[str], code: str | None) -> Callable[[], int]:
    """Show what there is to take back; return what does it."""
    back = conduct.backwards(kinds, code)
    return lambda: conduct.take_back(back, "asked for")


def _go_on(conduct: Conduct) -> Callable[[], int]:
    """Show what is left of a release that stopped half-way; return what goes on with it."""
    left = conduct.unfinished()
    return lambda: conduct.release(left)


def _release(conduct: Conduct, kinds: Iterable[str], *, again: bool, yes: bool) -> int:
    """Release the newest versions, unless they serve; return the exit status."""
    chosen = conduct.choose(kinds, again=again)
    if not chosen:
        click.echo("nothing to release: the newest versions serve")
        return DONE
    confirm("yes", "release this", "nothing was released", yes=yes)
    return conduct.release(chosen)


def _deployed(project: Project) -> list[Functions]:
    """Return the functions of what is deployed; none before the first apply."""
    document = project.terraform.outputs().get("deployment")
    return [] if document is None else regions_of(Deployment.from_document(document))


def _status(deployment: Deployment, *, as_json: bool) -> int:
    standings = standing.look(regions_of(deployment))
    if as_json:
        click.echo(json.dumps(standing.document(deployment.stack, standings), indent=1))
    else:
        click.echo("\n".join(standing.lines(standings)))
    return NOT_SO if any(found.problem for found in standings) else DONE
