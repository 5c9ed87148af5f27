"""The report on a terminal."""

import io
import re
from dataclasses import replace

from rich.console import Console

from infra.measure.figure import Missing
from infra.rehearsal.faults import FAULTS
from infra.report import Report, terminal
from tests.report.runs import report


def on_a_terminal(shown: Report) -> str:
    output = io.StringIO()
    terminal.show(shown, Console(file=output, width=100))
    return output.getvalue()


def test_the_faults_are_listed_with_what_each_does_its_cause_and_what_should_come_of_it() -> None:
    output = io.StringIO()
    terminal.list_faults(FAULTS.values(), Console(file=output, width=200))
    lines = output.getvalue().splitlines()[1:]
    for fault, told, cause in zip(FAULTS.values(), lines[::2], lines[1::2], strict=True):
        assert told.split("  ")[0] == fault.name
        assert fault.expected in told
        assert told.rstrip().endswith(fault.does)
        assert cause.strip() == fault.on_aws


def test_the_terminal_shows_each_figure_beside_its_promise() -> None:
    lines = on_a_terminal(report()).splitlines()
    assert any(re.search(r"^detection +30\.0 s +20 to 48 s +ok", line) for line in lines)
    assert any(re.search(r"^failed requests +3 *$", line) for line in lines)
    assert lines[-1].startswith("PASSED us-west-2 took over within the promised time")


def test_the_terminal_says_what_failed_and_why() -> None:
    failed = replace(report(missing=Missing(["x"], [])), problems=["see [red]this[/red]"])
    text = on_a_terminal(failed)
    assert re.search(r"missing in the standby +1 +0 +OUTSIDE", text)
    assert "! see [red]this[/red]" in text
    assert "FAILED outside the promise: missing in the standby" in text


def test_the_terminal_says_what_the_run_cant_show() -> None:
    said = "What a rehearsal can't show:\n  replication takes a second; here: none\n"
    assert said in on_a_terminal(report())
