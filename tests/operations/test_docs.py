"""What the pages say can be followed: links lead somewhere, and commands are there to be called."""

import re
import shlex
from pathlib import Path

import click
import pytest

from infra.cli import cli
from tests.operations.checkouts import ROOT

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_CALL = re.compile(r"python -m infra ([a-z][^`\n#|)\"]*)")
_TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)


@each_page
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    dead = [link for link in _LINK.findall(page.read_text()) if not _leads(page, link)]
    assert dead == []


@each_page
def test_commands_and_options_are_there_to_be_called(page: Path) -> None:
    wrong = [
        call.strip()
        for call in _CALL.findall(page.read_text())
        if not _is_known(shlex.split(call.replace("'", "")))
    ]
    assert wrong == []


@each_page
def test_make_targets_are_there_to_be_made(page: Path) -> None:
    targets = set(_TARGET.findall((ROOT / "Makefile").read_text()))
    named = set(re.findall(r"(?:`|^    )make ([a-z-]+)", page.read_text(), re.MULTILINE))
    assert named - targets == set()


def test_every_command_has_its_place_in_the_pages() -> None:
    text = "\n".join(p.read_text() for p in PAGES if p.name not in {"commands.md", "CHANGELOG.md"})
    called = {shlex.split(call.replace("'", ""))[0] for call in _CALL.findall(text)}
    made = set(re.findall(r"make ([a-z-]+)", text))  # make targets are named as what they call
    assert set(cli.commands) - called - made == set()


def _leads(page: Path, link: str) -> bool:
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


def _is_known(words: list[str]) -> bool:
    command: click.Command | None = cli.commands.get(words[0])
    if isinstance(command, click.Group) and len(words) > 1 and words[1][0] not in "-[":
        command = command.commands.get(words[1])
    if command is None:
        return False
    options = {name for p in command.params for name in (*p.opts, *p.secondary_opts)} | {"--help"}
    return all(w.partition("=")[0] in options for w in words[1:] if w.startswith("--"))
