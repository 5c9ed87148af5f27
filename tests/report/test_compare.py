"""`python -m infra compare`: two runs side by side, and no more than they can say."""

import json
import re
from dataclasses import replace
from pathlib import Path

from infra.report import Report
from infra.report.store import Store
from tests import commands
from tests.commands import Called
from tests.report.runs import report


def slower(seconds: float) -> Report:
    """Return a run that began later, and in which each time was longer."""
    run = report()
    figures = [
        replace(f, value=f.value + seconds) if f.unit == "s" and f.value is not None else f
        for f in run.figures
    ]
    return replace(run, began="2026-01-03T03:04:05+00:00", figures=figures)


def call(folder: Path, *arguments: str) -> Called:
    return commands.call("compare", "--reports", str(folder), *arguments)


def rows(output: str) -> dict[str, list[str]]:
    cells = [re.split(r"  +", line.strip()) for line in output.splitlines()]
    return {row[0]: row[1:] for row in cells if len(row) > 1}


def test_the_last_two_runs_are_compared(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for run in (replace(report(), began="2026-01-01T00:00:00+00:00"), report(), slower(3.5)):
        store.write(run)
    done = call(tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("before 2026-01-02T03:04:05+00:00  passed  ")
    found = rows(done.stdout)
    assert found["detection"] == ["30.0 s", "33.5 s", "+3.5 s", "20 to 48 s"]
    assert found["failed requests"] == ["3", "3", "+0"]


def test_two_named_runs_are_compared_in_the_order_given(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first, second = store.write(report()), store.write(slower(2))
    done = call(tmp_path, str(second), first.stem)
    assert rows(done.stdout)["detection"] == ["32.0 s", "30.0 s", "-2.0 s", "20 to 48 s"]


def test_runs_of_different_settings_are_refused_with_what_differs(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write(report())
    store.write(replace(slower(1), settings={"clients": "9", "clock": "real time"}))
    refused = call(tmp_path)
    assert refused.returncode == 2
    assert "the runs had different settings" in refused.stderr
    assert "clients: 8 -> 9\n  clock: (none) -> real time" in refused.stderr

    done = call(tmp_path, "--different-settings")
    assert done.returncode == 0
    assert "settings differ  clients: 8 -> 9" in done.stdout
    assert rows(done.stdout)["detection"][2] == "+1.0 s"


def test_a_drill_is_no_rehearsal(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write(report())
    store.write(replace(slower(1), kind="drill"))
    refused = call(tmp_path)
    assert refused.returncode == 2
    assert "run: rehearsal -> drill" in refused.stderr


def test_other_versions_are_told_and_compared(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write(report())
    store.write(replace(slower(1), versions={"project": "def5678"}))
    done = call(tmp_path)
    assert done.returncode == 0
    assert "made with other  project: abc1234 -> def5678" in done.stdout


def test_what_never_came_about_has_no_difference(tmp_path: Path) -> None:
    store = Store(tmp_path)
    never = slower(0)
    figures = [replace(f, value=None) if f.name == "detection" else f for f in never.figures[:3]]
    store.write(report())
    store.write(replace(never, figures=figures))
    found = rows(call(tmp_path).stdout)
    assert found["detection"] == ["30.0 s", "never", "20 to 48 s"]
    assert found["client outage, max"] == ["40.0 s", "20 to 58 s"]


def test_machines_get_both_values_and_their_difference(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write(report())
    store.write(replace(slower(2), settings={"clients": "9"}))
    document = json.loads(call(tmp_path, "--json", "--different-settings").stdout)
    assert document["settings"] == {"clients": ["8", "9"]}
    assert document["figures"][0] == {"name": "detection", "before": 30, "after": 32, "change": 2}


def test_without_two_runs_the_way_to_them_is_told(tmp_path: Path) -> None:
    refused = call(tmp_path)
    assert refused.returncode == 2
    assert "holds 0 of the 2 runs to compare: `python -m infra rehearse`" in refused.stderr
