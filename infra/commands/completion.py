"""`python -m infra completion`: what makes a shell complete commands and options."""

import click
from click.shell_completion import get_completion_class

from infra.errors import InfraError

# Of the function, and with it of what click's scripts complete.
_NAME = "infra"
VARIABLE = "_INFRA_COMPLETE"
_CALL = "python -m infra"

# click's scripts ask a program of that name, which a function is not.
_ASKING_PYTHON = {
    "bash": {"=bash_complete $1)": f"=bash_complete {_CALL})"},
    "fish": {f"(commandline -t) {_NAME})": f"(commandline -t) {_CALL})"},
    "zsh": {
        f"=zsh_complete {_NAME})": f"=zsh_complete {_CALL})",
        f"$+commands[{_NAME}]": f"$+functions[{_NAME}]",
    },
}
_FUNCTIONS = {
    "bash": f'{_NAME}() {{ {_CALL} "$@"; }}',
    "fish": f"function {_NAME}; {_CALL} $argv; end",
    "zsh": f'{_NAME}() {{ {_CALL} "$@"; }}',
}


@click.command("completion")
@click.argument("shell", type=click.Choice([*_FUNCTIONS]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print a function `infra`, short for `python -m infra`, and its completion, for SHELL.

    It works in the project's folder, with its virtual environment activated. For this session:

    \b
    eval "$(python -m infra completion bash)"
    autoload -Uz compinit && compinit; eval "$(python -m infra completion zsh)"
    python -m infra completion fish | source
    """  # noqa: D301 -- the character keeps click from filling the lines
    kind = get_completion_class(shell)
    root = context.find_root().command
    script = "" if kind is None else kind(root, {}, _NAME, VARIABLE).source()
    for old, new in _ASKING_PYTHON[shell].items():
        if old not in script:
            raise InfraError(f"this version of click has another script for {shell}")
        script = script.replace(old, new)
    click.echo(f"{_FUNCTIONS[shell]}\n{script}")
