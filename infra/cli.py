"""The command line, whose commands stand together by what they are for."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import click

from infra import process
from infra.commands import (
    api_key,
    apply,
    compare,
    completion,
    cost,
    destroy,
    drill,
    failback,
    failover,
    init,
    local,
    package,
    plan,
    plans,
    rehearse,
    rehearse_all,
    rehearse_release,
    release,
    rto,
    status,
)
from infra.listing import Listing

PROGRAM = "python -m infra"

SECTIONS = MappingProxyType(
    {
        "On this machine": (local, rehearse, rehearse_all, rehearse_release),
        "Deploy": (package, init, plan, plans, apply, release, destroy),
        "Operate": (status, failover, failback, drill, api_key),
        "Measure and choose": (compare, rto, cost),
        "Shell": (completion,),
    }
)


class _Sections(Listing):
    def sections(self) -> Mapping[str, Iterable[click.Command]]:
        return {title: [m.command for m in modules] for title, modules in SECTIONS.items()}


@click.group(cls=_Sections, context_settings={**process.SETTINGS})
def cli() -> None:
    """Package, deploy and rehearse the multi-region API.

    Every command prints what it runs and returns 0 on success, 1 when what it checks is not so,
    2 when it can't be run as asked, and 130 after Ctrl-C.
    """


for _modules in SECTIONS.values():
    for _module in _modules:
        cli.add_command(_module.command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, by default the process's; return its exit status."""
    return process.run(cli, PROGRAM, arguments, complete_var=completion.VARIABLE)
