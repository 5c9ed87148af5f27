"""`python -m infra rto`, as it is called."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from infra import ROOT
from infra.measure.figure import Missing
from infra.report.store import Store
from infra.rto.table import DEFAULT
from infra.timeline import Timeline
from tests import commands
from tests.commands import Called
from tests.html import Elements, require_nothing_from_elsewhere
from tests.measure.timelines import ROLES
from tests.report.runs import report

ONE = ("--interval", "10", "--threshold", "3", "--ttl", "10")


def call(folder: Path, *arguments: str) -> Called:
    return commands.call("rto", "--reports", str(folder), *arguments)


def document(folder: Path, *arguments: str) -> dict[str, Any]:
    done = call(folder, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def table(output: str) -> dict[tuple[str, str], list[str]]:
    """Return the table's cells by the health check and the record of their row."""
    cells = [re.split(r"  +", line.strip()) for line in output.splitlines()]
    found = [row for row in cells if re.match(r"(\* )?\d+ s x \d+$", row[0])]
    return {(row[0], row[1]): row[2:] for row in found}


def test_without_options_the_settings_to_choose_among_are_shown(tmp_path: Path) -> None:
    done = call(tmp_path)
    assert done.returncode == 0
    rows = table(done.stdout)
    assert len(rows) == 2 * 3 * 3
    assert ("* 10 s x 3", "CNAME, 10 s") in rows
    assert sum(check.startswith("*") for check, _ in rows) == 1
    detection, p50, p90, p99, worst, promised, checks, dns = rows["* 10 s x 3", "CNAME, 10 s"]
    assert 28 <= float(detection) <= 48
    assert 28 <= float(p50) <= float(p90) <= float(p99) <= float(worst) <= 58
    assert promised == "28 to 58"
    assert rows["30 s x 1", "alias, 60 s"][5] == "0 to 96"
    assert float(checks) > float(rows["30 s x 3", "CNAME, 10 s"][-2])
    assert dns == "0.11"  # 262,800 queries at 0.40 a million
    assert rows["10 s x 3", "alias, 60 s"][-1] == "0.00"


def test_the_documentation_has_what_the_command_shows(tmp_path: Path) -> None:
    documented = table((ROOT / "docs" / "recovery.md").read_text())
    shown = table(call(tmp_path).stdout)
    prices = 2
    assert {key: row[:-prices] for key, row in documented.items()} == {
        key: row[:-prices] for key, row in shown.items()
    }


def test_what_is_marked_as_default_is_what_terraform_has() -> None:
    text = (ROOT / "infra" / "variables.tf").read_text()
    found = [
        re.search(rf"{name}\s+= (?:optional\(number, )?(\d+)", text.partition(after)[2])
        for name, after in (
            ("interval", 'variable "health_check"'),
            ("threshold", 'variable "health_check"'),
            ("default", 'variable "dns_ttl"'),
        )
    ]
    assert [int(match[1]) for match in found if match] == [
        DEFAULT.interval,
        DEFAULT.threshold,
        DEFAULT.ttl,
    ]


def test_the_plot_has_a_line_for_each_setting_on_one_scale(tmp_path: Path) -> None:
    lines = call(tmp_path, "--interval", "10", "--ttl", "10", "--ttl", "alias").stdout.splitlines()
    plotted = [line for line in lines if re.match(r"[* ] 10 s x \d, ", line)]
    assert len(plotted) == 6
    # Later thresholds begin later, and the longest promise, 108 s, ends last.
    assert [line.index("·") for line in plotted[::2]] == sorted(
        line.index("·") for line in plotted[::2]
    )
    assert max(plotted, key=lambda line: len(line.rstrip())).startswith("  10 s x 3, alias")
    assert any(line.strip().startswith("0 s") for line in lines)


def runs(folder: Path) -> None:
    """Write four runs: one lost its region, one at once, one at random, and one never did."""
    settings = {"fault": "blackhole: packets vanish"}
    store = Store(folder)
    store.write(replace(report(), settings=settings))
    store.write(replace(report(), settings={"fault": "refused: nobody listens"}))
    store.write(replace(report(), settings=settings, roles=replace(ROLES, redrawn=True)))
    store.write(replace(report(Timeline(), Missing(None, None)), settings=settings))


def test_what_runs_have_measured_stands_beside_the_setting_they_had(tmp_path: Path) -> None:
    runs(tmp_path)
    [setting] = document(tmp_path, *ONE)["settings"]
    assert [(run["kind"], run["detection"], run["outage"]) for run in setting["measured"]] == [
        ("rehearsal", 30.0, 40.0)
    ]
    [quick] = document(tmp_path, *ONE, "--failure", "fast")["settings"]
    assert [run["name"] for run in quick["measured"]] != [
        run["name"] for run in setting["measured"]
    ]
    [other] = document(tmp_path, *ONE[:-1], "60")["settings"]
    assert other["measured"] == []
    shown = call(tmp_path, *ONE).stdout
    assert table(shown)["* 10 s x 3", "CNAME, 10 s"][6] == "40.0"
    assert "◆" in next(line for line in shown.splitlines() if line.startswith("* 10 s x 3, "))


def test_what_is_no_report_is_left_out_and_told(tmp_path: Path) -> None:
    runs(tmp_path)
    (tmp_path / "notes.json").write_text("{}")
    done = call(tmp_path, *ONE)
    assert done.returncode == 0
    assert f"left out: {tmp_path / 'notes.json'} is no report" in done.stderr


def test_machines_get_every_quantile_and_what_was_assumed(tmp_path: Path) -> None:
    found = document(tmp_path, *ONE, "--checkers", "5", "--publication", "2")
    assert found["world"]["checkers"] == 5
    assert found["world"]["publication"] == 2
    [setting] = found["settings"]
    assert (setting["interval"], setting["threshold"], setting["ttl"]) == (10, 3, 10)
    assert setting["default"] is True
    assert setting["promised"] == {"low": 28, "high": 58}
    assert [*setting["outage"]] == ["p1", "p50", "p90", "p99", "max"]
    assert [*setting["outage"].values()] == sorted(setting["outage"].values())


def test_clients_that_wait_for_longer_than_promised_are_told_why(tmp_path: Path) -> None:
    patient = call(tmp_path, *ONE, "--timeout", "30").stdout
    assert re.search(r"10 s x 3, CNAME, 10 s: \d+\.\d\d% of clients wait for longer", patient)
    assert "wait for longer" not in call(tmp_path, *ONE).stdout


def test_the_page_has_a_hill_and_a_row_for_each_setting_and_nothing_from_elsewhere(
    tmp_path: Path,
) -> None:
    runs(tmp_path)
    page = tmp_path / "rto.html"
    assert call(tmp_path, "--interval", "10", "--page", str(page)).returncode == 0
    text = page.read_text()
    found = Elements(text).found
    assert (found.count("polygon"), found.count("circle")) == (9, 1)
    assert text.count('<tr class="default">') == 1
    require_nothing_from_elsewhere(text)
