"""`python -m infra`, as it is called from a shell."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import pytest

from bench import __main__ as bench
from infra import ROOT
from infra.cli import cli
from infra.rehearsal.faults import FAULTS
from tests import commands
from tests.checkouts import copy_checkout

NAMES = ("--stack", "s", "--domain-name", "a.test", "--primary-region", "us-east-1")


def call(
    *arguments: str, root: Path = ROOT, python: Sequence[str] = (), **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *python, "-m", "infra", *arguments],
        cwd=root,
        env=os.environ | {"COLUMNS": "100"} | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_lists_every_command_with_what_it_does() -> None:
    done = call("--help")
    assert done.returncode == 0
    files = (ROOT / "infra" / "commands").glob("*.py")
    commands = {path.stem.replace("_", "-") for path in files if path.stem != "__init__"}
    told = re.findall(r"^  ([a-z-]+)  +[A-Z].+$", done.stdout.partition("On this")[2], re.MULTILINE)
    assert sorted(told) == sorted(commands)


def test_the_reference_says_what_help_says() -> None:
    # In a process of its own: click remembers -h and --help as a command's first caller has them.
    told = subprocess.run(
        [sys.executable, "-m", "infra.reference"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    written = (ROOT / "docs" / "commands.md").read_text()
    assert written == told.stdout, "`make docs` writes it"


@pytest.mark.parametrize(
    "command", [bench.main, *cli.commands.values()], ids=lambda command: command.name
)
def test_no_help_shows_the_signs_that_it_is_laid_out_with(command: click.Command) -> None:
    said = command.get_help(click.Context(command, terminal_width=80))
    assert "\\b" not in said
    assert [line for line in said.splitlines() if len(line) > 80] == [], "80 columns"


def test_help_of_a_command_says_what_its_exit_statuses_mean() -> None:
    done = call("rehearse", "--help")
    assert done.returncode == 0
    assert "--speed" in done.stdout
    assert "Exit status 1" in done.stdout


def test_the_faults_are_listed_and_nothing_is_rehearsed() -> None:
    done = call("rehearse", "--list-faults")
    assert done.returncode == 0, done.stderr
    names = re.findall(r"^\S+", done.stdout, re.MULTILINE)
    assert {"blackhole", "5xx", "both-regions"} <= set(names)
    assert "terraform init" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["deploy"], "No such command 'deploy'"),
        (["reherse"], "Did you mean one of: 'rehearse'"),
        (["rehearse", "--fast"], "No such option"),
        (["rehearse", "--sped", "3"], "Did you mean '--speed'?"),
        (["rehearse", "--speed", "0"], "0.0 is not in the range"),
        (["rehearse", "--speed", "fast"], "'fast' is not a number"),
        (["rehearse", "--speed", "nan"], "'nan' is not a number"),
        (["rehearse", "now"], "unexpected extra argument"),
        (["rehearse-release", "best"], "'best' is not one of 'good', 'bad-import'"),
        (["cost", "--requests", "inf"], "'inf' is not a number"),
        (["cost", "--stored-gb", "5"], "--stored-gb goes with --requests"),
        (["cost", "--secondary-region", "us-east-1"], "both regions are us-east-1"),
        (["status", *NAMES, "--standby-region", "us-east-1"], "are both us-east-1"),
        (
            ["status", *NAMES, "--standby-region", "us-west-2", "--name-server", "dns"],
            "--name-server is 'dns': give ADDRESS or ADDRESS:PORT",
        ),
        (
            ["status", *NAMES, "--standby-region", "us-west-2", "--name-server", "::1:53:"],
            "--name-server is '::1:53:'",
        ),
        (
            ["status", *NAMES, "--standby-region", "us-west-2", "--name-server", "127.0.0.1:65536"],
            "1 to 65535",
        ),
        (["drill", "--fault", "meteor"], "'meteor' is not one of 'throttled', 'switch', 'none'"),
        (["drill", "--clients", "0"], "0 is not in the range 1<=x<=50"),
        (["drill", "--clients", "51"], "51 is not in the range 1<=x<=50"),
        (["drill", "--limit", "59"], "59.0 is not in the range 60<=x<=3600"),
        (["drill", "--limit", "3601"], "3601.0 is not in the range 60<=x<=3600"),
        (["rto", "--interval", "20"], "'20' is not one of '10', '30'"),
        (["rto", "--threshold", "0"], "0 is not in the range 1<=x<=10"),
        (["rto", "--threshold", "11"], "11 is not in the range 1<=x<=10"),
        (["rto", "--ttl", "0"], "'0' is no TTL: use 1 to 3600 seconds, or alias"),
        (["rto", "--ttl", "3601"], "'3601' is no TTL"),
        (["rto", "--ttl", "soon"], "'soon' is no TTL"),
        (["rto", "--checkers", "0"], "0 is not in the range 1<=x<=100"),
        (["rto", "--failure", "slowly"], "'slowly' is not one of 'blackhole', 'fast'"),
        (["rto", "--publication", "-1"], "-1.0 is not in the range 0<=x<=600"),
        (["rto", "--pace", "0"], "0.0 is not in the range 0.1<=x<=60"),
        (["rto", "--timeout", "0.1"], "0.1 is not in the range 0.5<=x<=60"),
        (["rto", "--prices", "nowhere.toml"], "'nowhere.toml' does not exist"),
    ],
)
def test_a_call_that_is_wrong_is_status_2_and_says_why(arguments: list[str], said: str) -> None:
    done = commands.call(*arguments)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("rto", "--page"),
        ("plan", "--out"),
        ("plans", "fetch", "0" * 64),
    ],
)
def test_a_file_that_can_not_be_written_is_refused_before_the_work(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    done = call(*arguments, str(tmp_path / "nowhere" / "file"))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"nothing can be written to {tmp_path / 'nowhere'} (No such file" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plan"], "infra/ is connected to no state: `python -m infra init ENVIRONMENT`"),
        (["api-key"], "infra/ is connected to no state: `python -m infra init ENVIRONMENT`"),
        (["init", "staging"], "infra/bootstrap has no output `backend`: apply infra/bootstrap"),
    ],
)
def test_what_needs_a_state_says_in_a_line_how_to_connect_to_it(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    root = copy_checkout(tmp_path)
    for connection in ("backend.hcl", "bootstrap/backend_override.tf"):
        (root / "infra" / connection).unlink(missing_ok=True)
    done = call(*arguments, root=root)
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.startswith(f"error: {said}")


def test_a_python_without_the_requirements_is_told_where_they_are() -> None:
    done = call(python=["-S"])
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert "`make setup`" in line


def test_a_terminal_that_lacks_a_character_gets_all_others() -> None:
    setting = ("--interval", "10", "--threshold", "3", "--ttl", "10")
    done = call("rto", *setting, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "? promised" in done.stdout


def test_what_the_user_can_mend_is_one_line_and_status_2(tmp_path: Path) -> None:
    root = copy_checkout(tmp_path)
    (root / "app.py").write_text("import nowhere\n")
    done = call("package", root=root)
    assert done.returncode == 2
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("error: chalice package failed for stage primary: ")
    assert "No module named 'nowhere'" in line


def test_packaging_says_what_it_made(tmp_path: Path) -> None:
    done = call("package", root=copy_checkout(tmp_path))
    assert done.returncode == 0, done.stderr
    primary, secondary, compiled = done.stdout.splitlines()
    assert primary == "packaged infra/build/primary"
    assert secondary == "packaged infra/build/secondary"
    assert compiled.startswith(("compiled by Python 3.13.", "not compiled: no python3.13 here"))


PATH_OF_PYTHON = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["reh"], {"rehearse", "rehearse-all", "rehearse-release"}),
        (["rehearse", "--fau"], {"--fault"}),
        (["rehearse", "--fault", "slow,par"], {"slow,partial"}),
        (["rehearse", "--fault", "=", "eva"], {"evacuation"}),
    ],
)
def test_bash_completes_commands_options_and_faults(typed: list[str], offered: set[str]) -> None:
    words = " ".join(f"'{word}'" for word in typed)
    done = subprocess.run(
        [  # noqa: S607 -- bash, wherever it is
            "bash",
            "-ec",
            f'eval "$(python -m infra completion bash)"; COMP_WORDS=(infra {words}); '
            f'COMP_CWORD={len(typed)}; _infra_completion infra; echo "${{COMPREPLY[@]}}"',
        ],
        cwd=ROOT,
        env=os.environ | {"PATH": PATH_OF_PYTHON},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == offered


@pytest.mark.parametrize(
    ("shell", "line", "offered"),
    [
        ("zsh", "completion", ["plain", "bash", "_", "plain", "fish", "_", "plain", "zsh", "_"]),
        ("zsh", "rehearse --fault=bl", ["plain", "--fault=blackhole", FAULTS["blackhole"].does]),
        ("fish", "rehearse --fault=bl", [f"plain,--fault=blackhole\t{FAULTS['blackhole'].does}"]),
        ("zsh", "rehearse-release ba", ["plain", "bad-import", "_"]),
        ("zsh", "init st", ["plain", "staging", "_"]),
        ("zsh", "compare --reports {reports} dr", ["plain", "drill-20261125T091100Z", "_"]),
    ],
)
def test_a_shell_is_told_the_words_that_may_stand_there(
    shell: str, line: str, offered: list[str], tmp_path: Path
) -> None:
    for name in ("drill-20261125T091100Z", "rehearsal-20261125T091100Z"):
        (tmp_path / f"{name}.json").touch()
    words = ["infra", *line.format(reports=tmp_path).split()]
    # As the shells count: zsh the words before the one that is begun, fish has that one itself.
    begun = {"zsh": str(len(words) - (len(words) > 2)), "fish": words[-1]}
    done = call(
        _INFRA_COMPLETE=f"{shell}_complete",
        COMP_WORDS=" ".join(words),
        COMP_CWORD=begun[shell],
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == offered


@pytest.mark.parametrize("shell", ["bash", "fish", "zsh"])
def test_completion_asks_python_and_no_program_that_is_not_there(shell: str) -> None:
    done = call("completion", shell)
    assert done.returncode == 0, done.stderr
    asking = [line for line in done.stdout.splitlines() if f"={shell}_complete" in line]
    assert len(asking) == 1
    assert " python -m infra)" in asking[0]
    assert "$+commands" not in done.stdout


def test_fish_does_not_cut_a_value_at_its_comma() -> None:
    # Several faults, "slow,partial", and what is said of each.
    assert 'string split -m 1 "," $completion' in call("completion", "fish").stdout
