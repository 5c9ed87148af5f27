"""The report for machines: what is written is what its schema says, and is read back whole."""

import json
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest

from infra.errors import InfraError
from infra.measure.figure import Missing
from infra.report import Report, RunKind, machine
from infra.timeline import Arrival, Kind, Operation, Timeline
from tests.measure.timelines import EAST, WEST, lost_and_recovered
from tests.report.runs import active_active, report


def written(folder: Path, text: str) -> Path:
    path = folder / "report.json"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "shown",
    [
        report(),
        report(missing=Missing(None, ["lost"])),
        replace(report(Timeline()), problems=["no client could connect"], kind="drill"),
        replace(report(), promise=None),
        report(Timeline(arrivals=[Arrival("a", WEST, 1.0, 1.5), Arrival("b", WEST, 2.0, None)])),
    ],
)
def test_a_report_is_read_back_as_it_was_written(shown: Report, tmp_path: Path) -> None:
    back = machine.read(written(tmp_path, machine.render(shown)))
    assert machine.render(back) == machine.render(shown)
    assert back.figures == shown.figures
    assert back.timeline == shown.timeline
    assert (back.passed, back.verdict) == (shown.passed, shown.verdict)


def test_what_is_written_is_what_the_schema_says() -> None:
    jsonschema.Draft202012Validator.check_schema(machine.schema())
    jsonschema.validate(json.loads(machine.render(report())), machine.schema())


def enumerated(*path: str) -> set[str]:
    found: Any = machine.schema()
    for key in path:
        found = found[key]
    return set(found["enum"])


def values(kind: type[StrEnum]) -> set[str]:
    return {member.value for member in kind}


def test_the_schema_knows_every_kind_of_run_of_request_and_of_moment() -> None:
    timeline = ("properties", "timeline", "properties")
    request = (*timeline, "requests", "items", "properties")
    moment = (*timeline, "moments", "items", "properties")
    assert enumerated("properties", "kind") == set(get_args(RunKind))
    assert enumerated(*request, "operation") == values(Operation)
    assert enumerated(*moment, "kind") == values(Kind)


def changed(**parts: object) -> str:
    return json.dumps(json.loads(machine.render(report())) | parts)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not JSON"),
        ("[]", "is no report of a rehearsal or a drill"),
        ('{"stack": "one"}', "is no report of a rehearsal or a drill"),
        (changed(format=None), "is of no format, and this version of the project reads format 1"),
        (changed(format=2), "is of format 2, and .* read it with the version that wrote it"),
        (changed(promise={"interval": 10, "ttl": 10}), r"is damaged: \$\.promise: 'threshold' is"),
        (changed(figures=[{"name": "x"}]), r"is damaged: \$\.figures\[0\]: 'value' is"),
        (changed(kind="guess"), r"is damaged: \$\.kind: 'guess' is not one of"),
    ],
)
def test_what_is_no_report_of_a_known_format_is_refused(
    text: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(InfraError, match=rf"report\.json {said}"):
        machine.read(written(tmp_path, text))


def test_a_report_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InfraError, match=r"gone\.json can't be read: No such file"):
        machine.read(tmp_path / "gone.json")


def test_machines_read_back_whom_a_loss_concerned(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(machine.render(active_active()))
    assert machine.read(path).roles == active_active().roles


def test_machines_get_the_whole_report() -> None:
    document = json.loads(machine.render(report(missing=Missing(["lost"], []))))
    assert document["passed"] is False
    assert document["verdict"] == "outside the promise: missing in the standby"
    assert document["roles"] == {
        "primary": EAST,
        "standby": WEST,
        "bystanders": [],
        "redrawn": False,
        "named": False,
    }
    by_name = {figure["name"]: figure for figure in document["figures"]}
    assert by_name["detection"] == {
        "name": "detection",
        "value": 30,
        "unit": "s",
        "promised": {"low": 20, "high": 48},
        "kept": True,
    }
    assert by_name["missing in the standby"]["kept"] is False
    assert len(document["timeline"]["requests"]) == len(lost_and_recovered().requests)
    assert document["timeline"]["moments"][1] == {
        "at": 100,
        "kind": "cut",
        "region": EAST,
        "detail": "",
    }
