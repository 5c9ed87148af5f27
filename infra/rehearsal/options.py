"""Options that the commands which rehearse have in common."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click
from click.shell_completion import CompletionItem

from infra.deployment import ROUTINGS
from infra.display import Display
from infra.errors import InfraError
from infra.fault import Fault
from infra.options import C, with_options
from infra.parameters import Number
from infra.rehearsal import faults
from infra.rehearsal.scene import Scene
from infra.report import terminal

_P = ParamSpec("_P")
_T = TypeVar("_T")


class FaultType(click.ParamType[Fault[Scene]]):
    """One fault, or several at once, by their names."""

    name = "NAME[,NAME...]"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Fault[Scene]:
        """Return the fault; fail with the names that there are."""
        try:
            return value if isinstance(value, Fault) else faults.parse(str(value))
        except InfraError as error:
            self.fail(str(error), param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Complete the last of several names."""
        del ctx, param
        first, comma, last = incomplete.rpartition(",")
        possible = faults.FAULTS if comma else faults.KNOWN
        return [
            CompletionItem(first + comma + name, help=fault.does)
            for name, fault in possible.items()
            if name.startswith(last)
        ]


def _list_faults(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:  # noqa: FBT001 -- as click calls it
    if asked:
        terminal.list_faults(faults.KNOWN.values(), Display().console)
        context.exit(0)


list_faults = click.option(
    "--list-faults",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_faults,
    help="Say what each fault does, its cause on AWS and what should come of it; rehearse nothing.",
)


def speed_option(default: float) -> Callable[[C], C]:
    """Return the option that says how fast time passes, with its default."""
    return click.option(
        "--speed",
        type=Number("factor", 0.5, 10),
        default=default,
        show_default=True,
        help="Simulated seconds per real second. Figures are in simulated seconds; past about 5, "
        "two cores' own delays begin to show in them.",
    )


class WeightsType(click.ParamType[tuple[int, int]]):
    """The weights of the primary and the standby, which Terraform calls secondary."""

    name = "PRIMARY,SECONDARY"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Return both; fail with what they may be."""
        if isinstance(value, tuple):
            return value
        texts = str(value).split(",")
        if len(texts) != 2 or not all(text.isdecimal() and int(text) <= 255 for text in texts):
            self.fail(f"{value!r} is not two weights from 0 to 255, as in 90,10", param, ctx)
        primary, secondary = map(int, texts)
        if not primary and not secondary:
            self.fail("one of the two must weigh something, as in 100,0", param, ctx)
        return primary, secondary


_ROUTING = [
    click.option(
        "--routing",
        type=click.Choice(ROUTINGS),
        default="failover",
        show_default=True,
        help="Which region DNS answers (docs/routing.md): the primary while it is healthy, the "
        "nearer one, or either by its weight.",
    ),
    click.option(
        "--weights",
        type=WeightsType(),
        help="Of both regions, with --routing weighted.  [default: infra/variables.tf's, 100,0]",
    ),
]


def routed(function: Callable[_P, _T]) -> Callable[..., _T]:
    """Give a command the options of routing, and hand it Terraform's `variables` for them."""

    @functools.wraps(function)
    def wrapped(
        *args: object, routing: str, weights: tuple[int, int] | None, **options: object
    ) -> _T:
        if weights is not None and routing != "weighted":
            raise click.UsageError(f"--routing {routing} has no weights: leave out --weights")
        variables: dict[str, object] = {"routing": routing}
        if weights is not None:
            variables["weights"] = dict(zip(("primary", "secondary"), weights, strict=True))
        return function(*args, variables=variables, **options)  # type: ignore[arg-type] # click passes by name

    return with_options(_ROUTING, wrapped)
