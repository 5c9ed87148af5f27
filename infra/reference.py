"""`python -m infra.reference`: prints docs/commands.md, made of what --help says.

A test holds the file to it; `make docs` writes it.
"""

import click

from infra.cli import PROGRAM, SECTIONS, cli

_WIDTH = 96
_INTRODUCTION = (
    "# Commands\n\n"
    "What `--help` says of each; written by `make docs`.\n\n"
    "Exit statuses: 0 success; 1 what is checked is not so; 2 it can't be run as asked, and\n"
    "nothing was changed unless the text says so; 130 after Ctrl-C.\n"
)


def text() -> str:
    """Return the reference as Markdown."""
    parts = [_INTRODUCTION]
    for title, modules in SECTIONS.items():
        parts.append(f"\n## {title}\n")
        parts += [_entry(module.command) for module in modules]
    return "".join(parts)


def _entry(command: click.Command) -> str:
    parent = click.Context(cli, info_name=PROGRAM, terminal_width=_WIDTH)
    context = click.Context(command, parent=parent, info_name=command.name, terminal_width=_WIDTH)
    return f"\n### {command.name}\n\n```text\n{command.get_help(context)}\n```\n"


if __name__ == "__main__":
    click.echo(text(), nl=False)
