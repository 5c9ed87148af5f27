"""`python -m infra completion`: what makes a shell complete commands and options."""

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

from infra.errors import InfraError

# Of the function, and with it of what click's scripts complete.
_NAME = "infra"
VARIABLE = "_INFRA_COMPLETE"
_CALL = "python -m infra"

# click's scripts ask a program of that name, which a function is not; and the one for fish cuts a
# value, and what is said of it, at a comma.
_MENDED = {
    "bash": {"=bash_complete $1)": f"=bash_complete {_CALL})"},
    "fish": {
        f"(commandline -t) {_NAME})": f"(commandline -t) {_CALL})",
        'string split ","': 'string split -m 1 ","',
    },
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


class _WithEquals(ShellComplete):
    """Completes --option=value as well.

    bash takes the equals sign for a word of its own; the others replace the whole word, of which
    click returns the value alone.
    """

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        found = super().get_completions([word for word in args if word != "="], incomplete)
        option, equals, _ = incomplete.partition("=")
        if not (option.startswith("--") and equals):
            return found
        return [CompletionItem(f"{option}={item.value}", item.type, item.help) for item in found]


@add_completion_class
class _Bash(_WithEquals, BashComplete): ...


@add_completion_class
class _Fish(_WithEquals, FishComplete): ...


@add_completion_class
class _Zsh(_WithEquals, ZshComplete): ...


_KINDS = {kind.name: kind for kind in (_Bash, _Fish, _Zsh)}


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
    script = _KINDS[shell](context.find_root().command, {}, _NAME, VARIABLE).source()
    for old, new in _MENDED[shell].items():
        if old not in script:
            raise InfraError(f"this version of click has another script for {shell}")
        script = script.replace(old, new)
    click.echo(f"{_FUNCTIONS[shell]}\n{script}")
