"""A request costs the same at any size of the table, and the benchmark would show it if not."""

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bench import candidates, table
from bench.__main__ import main as bench
from bench.growth import SIZES
from infra import ROOT


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    """What the shortest of runs measures."""
    command = [sys.executable, "-m", "bench", "--rounds", "1", "--calls", "3", "--json", "-"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_a_file_that_can_not_be_written_is_refused_before_anything_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "prepare", lambda *_: pytest.fail("it was measured"))
    done = CliRunner().invoke(bench, ["--json", str(tmp_path / "nowhere" / "file")])
    assert done.exit_code == 2
    assert f"nothing can be written to {tmp_path / 'nowhere'} (No such file" in done.stderr


def _costs(measured: dict[str, Any], candidate: str) -> dict[str, dict[int, Any]]:
    """Return calls and units of each request, by the size of the table."""
    costs: dict[str, dict[int, Any]] = defaultdict(dict)
    for cost in measured["growth"]:
        if cost["candidate"] == candidate:
            figures = (cost["calls"], cost["read_units"], cost["write_units"])
            costs[cost["request"]][cost["items"]] = figures
    return costs


def test_a_request_costs_the_same_at_any_size(measured: dict[str, Any]) -> None:
    costs = _costs(measured, "project")
    expected = {
        "read": (1, 0.5, 0),
        "write": (1, 0, 1),
        "health probe": (1, 0.5, 0),
        "list, first page": (1, 1, 0),
        "list, page in the middle": (1, 1, 0),
    }
    assert costs.keys() == expected.keys()
    for request, at_size in costs.items():
        assert at_size.keys() == set(SIZES)
        # Ten items are less than a page.
        assert {at_size[items] for items in SIZES[1:]} == {expected[request]}, request
        assert at_size[SIZES[0]] <= expected[request]


def test_a_list_without_a_limit_would_be_seen_to_grow(measured: dict[str, Any]) -> None:
    units = [read_units for _, read_units, _ in _costs(measured, "origin")["list"].values()]
    assert units[0] < 1
    assert units[1:] == [128.5, 128.5]  # 1 MB, where DynamoDB ends a page


def test_every_candidate_answers_every_request(measured: dict[str, Any]) -> None:
    rows = {(row["candidate"], row["kind"]): row for row in measured["rows"]}
    candidates = {"origin", "boto3 client", "project", "not compiled", "bare"}
    assert rows.keys() == {(c, k) for c in candidates for k in ("list", "read", "write")}
    assert {name for each in measured["imports"] for name in each["groups"]} >= {"botocore", "app"}
    for row in rows.values():
        assert row["figures"]["cold_ms"] > 0
        assert row["figures"]["warm_cpu_us"] > 0


def test_the_project_loads_no_sdk(measured: dict[str, Any]) -> None:
    groups = {each["candidate"]: set(each["groups"]) for each in measured["imports"]}
    assert groups["project"] == {"app", "chalice", "Python's own"}


def test_the_table_pages_as_dynamodb_does() -> None:
    served = table.Table(60)
    first = served.call("Scan", {"Limit": 25})
    assert len(first["Items"]) == 25
    start = {"Limit": 50, "ExclusiveStartKey": first["LastEvaluatedKey"]}
    rest = served.call("Scan", start)
    assert [item["ItemId"]["S"] for item in rest["Items"]] == [
        table.item_id(n) for n in range(25, 60)
    ]
    assert "LastEvaluatedKey" not in rest


def test_the_table_charges_as_dynamodb_does() -> None:
    served = table.Table(1)
    key = {"Key": {"ItemId": {"S": table.item_id(0)}}}
    served.call("GetItem", key)
    served.call("GetItem", key | {"ConsistentRead": True})
    served.call("PutItem", {"Item": {"ItemId": {"S": "x"}, "Data": {"S": "y" * 1100}}})
    assert served.call("Counted", {}) == {
        "GetItem": 2,
        "PutItem": 1,
        "half read units": 3,
        "write units": 2,
    }
