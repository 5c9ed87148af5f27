"""What a command shows where there is no terminal: plain lines, and not too many."""

import io
import re

import pytest
from rich.console import Console

from infra.display import Display


@pytest.fixture
def output() -> io.StringIO:
    """What was shown."""
    return io.StringIO()


@pytest.fixture
def display(output: io.StringIO) -> Display:
    """A display that writes to no terminal, as in CI."""
    return Display(Console(file=output, highlight=False, soft_wrap=True))


def test_steps_and_notes_are_plain_lines_with_the_time(
    display: Display, output: io.StringIO
) -> None:
    with display.step("terraform apply"):
        display.note("done")
    first, second = output.getvalue().splitlines()
    assert re.fullmatch(r"0:0\d terraform apply", first)
    assert re.fullmatch(r"0:0\d   done", second)


def test_no_line_is_broken_however_long(display: Display, output: io.StringIO) -> None:
    display.note("word " * 100)
    assert len(output.getvalue().splitlines()) == 1


def test_square_brackets_are_shown_as_they_are(display: Display, output: io.StringIO) -> None:
    with display.step('module.primary.aws_lambda_alias.read["a"] [bold]'):
        display.note("[red]x[/red]")
    assert 'read["a"] [bold]' in output.getvalue()
    assert "[red]x[/red]" in output.getvalue()


def test_updates_do_not_flood_a_log(
    display: Display, output: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("infra.display.time.monotonic", lambda: now)
    for _ in range(100):
        display.update(f"at {now}")
        now += 0.2
    assert len(output.getvalue().splitlines()) == 4
    assert "\r" not in output.getvalue()
    assert "\x1b" not in output.getvalue()


def test_a_step_that_fails_passes_the_failure_on(display: Display) -> None:
    with pytest.raises(ZeroDivisionError), display.step("divide"):
        raise ZeroDivisionError


def test_a_terminal_is_left_as_it_was_when_a_step_fails() -> None:
    output = io.StringIO()
    display = Display(Console(file=output, force_terminal=True, width=80))
    with pytest.raises(ZeroDivisionError), display.step("divide"):
        _ = 1 / 0
    shown = output.getvalue()
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h")
