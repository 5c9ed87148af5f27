"""What pages and workflows name is there: commands with those options, make targets, links."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from infra import ROOT
from infra.cli import cli

PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob(".github/workflows/*.yml")])
# Up to what ends it in a text: a backtick, a comment, a bracket, or the shell's own signs.
_CALL = re.compile(r"python -m infra((?: +[^\s`#|()&;>]+)*)")

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)

_QUOTES = str.maketrans("", "", "'\"]")  # the bracket of a diagram


def calls(text: str) -> Iterator[list[str]]:
    """Yield the arguments of every call of the command line."""
    for arguments in _CALL.findall(re.sub(r"\\\n\s+", "", text)):
        yield arguments.translate(_QUOTES).split()


def fault(arguments: list[str]) -> str | None:
    """Return what is wrong with the command and the options of a call; its values aren't judged."""
    command: click.Command = cli
    left = list(arguments)
    while left and isinstance(command, click.Group):
        if left[0] not in command.commands:
            break
        command = command.commands[left.pop(0)]
    if isinstance(command, click.Group):
        # As in "python -m infra plans", which names all of a group.
        words = [word for word in left if re.fullmatch(r"[a-z-]+", word)]
        return f"no command {words[0]}" if words else None
    try:
        command.make_parser(click.Context(command)).parse_args(left)
    except click.UsageError as error:
        return error.format_message()
    return None


each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@each_page
def test_every_command_and_option_that_a_page_names_is_there(page: Path) -> None:
    found = {" ".join(call): fault(call) for call in calls(page.read_text())}
    assert {call: why for call, why in found.items() if why is not None} == {}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("`python -m infra revert`", "no command revert"),
        ("python -m infra plans drop PLAN", "no command drop"),
        ("python -m infra init --bucket-name b  # any", "No such option '--bucket-name'"),
    ],
)
def test_what_is_not_there_would_be_found(text: str, why: str) -> None:
    [call] = calls(text)
    assert (fault(call) or "").startswith(why)


@each_page
def test_every_make_target_that_a_page_names_is_there(page: Path) -> None:
    targets = set(_TARGET.findall((ROOT / "Makefile").read_text()))
    named = re.findall(r"(?:`|^ +(?:- run: )?)make ([a-z-]+)", page.read_text(), re.MULTILINE)
    assert set(named) - targets == set()


@each_page
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    dead = [link for link in _LINK.findall(page.read_text()) if not leads(page, link)]
    assert dead == []


def test_every_command_has_its_place_in_a_page_beside_the_reference() -> None:
    text = "\n".join(page.read_text() for page in PAGES if page.name != "commands.md")
    called = {call[0] for call in calls(text) if call}
    made = set(re.findall(r"make ([a-z-]+)", text))  # targets are named as what they call
    assert set(cli.commands) - called - made == set()


def leads(page: Path, link: str) -> bool:
    """Tell whether a link of a page leads somewhere; those to elsewhere are taken to."""
    if re.match("[a-z]+:", link):
        return True
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    if not target.exists():
        return False
    return not anchor or anchor in {_anchor(text) for text in _HEADING.findall(target.read_text())}


def _anchor(heading: str) -> str:
    """Return what GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
