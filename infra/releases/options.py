"""How carefully a release goes, as told on the command line."""

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import ParamSpec, TypeVar

import click

from infra.options import with_options
from infra.parameters import Number
from infra.releases.canary import CanarySettings
from infra.releases.verdict import Limits

_P = ParamSpec("_P")
_T = TypeVar("_T")

_OPTIONS = [
    click.option(
        "--weight",
        type=Number("percent", 1, 99),
        default=10,
        show_default=True,
        help="Share of the requests that the new version gets during its canary.",
    ),
    click.option(
        "--bake",
        type=Number("minutes", 0, 600),
        default=10,
        show_default=True,
        help="Length of a region's canary. 0: everybody moves as soon as the probes are answered.",
    ),
    click.option(
        "--max-error-rate",
        type=Number("percent", 0, 100),
        default=1,
        show_default=True,
        help="Share of the requests that may crash or answer 5xx.",
    ),
    click.option(
        "--max-p99",
        type=Number("milliseconds", 1),
        default=1000,
        show_default=True,
        help="How long 99 of 100 invocations may take. Health checkers wait for 2000.",
    ),
    click.option(
        "--min-requests",
        type=click.IntRange(min=1),
        default=20,
        show_default=True,
        help="Requests from which on a rate or a p99 counts.",
    ),
    click.option(
        "--probes",
        type=click.IntRange(min=1, max=1000),
        default=20,
        show_default=True,
        help="Requests that each new version must answer before a client's reaches it.",
    ),
]


def canary_options(function: Callable[_P, _T]) -> Callable[..., _T]:
    """Give a command the options that say how carefully, and hand it `settings`."""

    @functools.wraps(function)
    def wrapped(  # noqa: PLR0913 -- an argument an option
        *args: object,
        weight: float,
        bake: float,
        max_error_rate: float,
        max_p99: float,
        min_requests: int,
        probes: int,
        **options: object,
    ) -> _T:
        limits = Limits(max_error_rate / 100, max_p99, min_requests)
        options["settings"] = CanarySettings(weight / 100, timedelta(minutes=bake), probes, limits)
        return function(*args, **options)  # type: ignore[arg-type] # click passes by name

    return with_options(_OPTIONS, wrapped)
