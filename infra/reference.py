"""`python -m infra.reference`: prints docs/commands.md, made of what --help says.

A test holds the file to it; `make docs` writes it.
"""

from collections.abc import Iterator

import click

from infra.cli import PROGRAM, SECTIONS, cli

_WIDTH = 96
_INTRODUCTION = (
    "# Commands\n\n"
    "What `--help` says of each; written by `make docs`.\n\n"
    "Exit statuses: 0 success; 1 what is checked is not so; 2 it can't be run as asked, and\n"
    "nothing was changed unless the text says so; 130 after Ctrl-C. With `--json` standard output\n"
    "is JSON alone, and empty where it is 2; what went wrong is said on standard error.\n"
)


def text() -> str:
    """Return the reference as Markdown."""
    parts = [_INTRODUCTION]
    top = cli.make_context(PROGRAM, [], resilient_parsing=True, terminal_width=_WIDTH)
    for title, modules in SECTIONS.items():
        parts.append(f"\n## {title}\n")
        parts += [entry for module in modules for entry in _entries(module.command, top)]
    return "".join(parts)


def _entries(command: click.Command, parent: click.Context) -> Iterator[str]:
    """Return what the help of a command says, and of those below it."""
    context = click.Context(command, parent=parent, info_name=command.name, terminal_width=_WIDTH)
    name = context.command_path.removeprefix(f"{PROGRAM} ")
    yield f"\n### {name}\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from _entries(below, context)


if __name__ == "__main__":
    click.echo(text(), nl=False)
