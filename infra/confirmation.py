"""Has a word typed before what can't be taken back."""

import click

from infra.errors import InfraError


def confirm(word: str, to: str, otherwise: str, *, yes: bool) -> None:
    """Have a word typed, unless --yes was given.

    Args:
        word: yes, or the name of what is at stake.
        to: what is done then, for the question.
        otherwise: what is so if something else is typed, for the refusal.
        yes: without asking.

    Raises:
        InfraError: something else was typed, or nothing.
    """
    if yes:
        return
    try:
        typed = click.prompt(f"Type {word} to {to}", default="", show_default=False)
    except click.Abort:
        typed = ""
    if typed != word:
        raise InfraError(
            f"{typed!r} is not {word}, so {otherwise}: type {word}, or give --yes where nobody can "
            "type"
        )


def confirm_stack(stack: str, *, yes: bool) -> None:
    """Have the name of the stack typed, unless --yes was given.

    Raises:
        InfraError: something else was typed, or nothing.
    """
    confirm(stack, "go on", "nothing was changed", yes=yes)
