"""The report as JSON, for machines: schema.json beside this file says what each part is."""

import json
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema

from infra.errors import InfraError
from infra.fault import Reaction
from infra.measure.figure import Figure
from infra.measure.roles import Roles
from infra.promise import Promise, Range
from infra.report import Limit, Report
from infra.timeline import Arrival, Kind, Moment, Operation, Request, Timeline

FORMAT = 1


def render(report: Report) -> str:
    """Return the whole report as JSON text."""
    document: dict[str, Any] = {"format": FORMAT, **asdict(report)}
    document["passed"] = report.passed
    document["verdict"] = report.verdict
    for entry, figure in zip(document["figures"], report.figures, strict=True):
        entry["kept"] = figure.kept
    return json.dumps(document, indent=1) + "\n"


def read(path: Path) -> Report:
    """Read a report back.

    Raises:
        InfraError: it can't be read, is no report, or one of a format that is not known here.
    """
    try:
        document = json.loads(path.read_text())
    except OSError as error:
        raise InfraError(f"{path} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise InfraError(f"{path} is not JSON: {error}") from error
    _require_known(path, document)
    return Report(
        kind=document["kind"],
        title=document["title"],
        began=document["began"],
        settings=document["settings"],
        versions=document["versions"],
        roles=_roles(document["roles"]),
        expected=Reaction(document["expected"]),
        happened=None if document["happened"] is None else Reaction(document["happened"]),
        promise=None if document["promise"] is None else _promise(document["promise"]),
        figures=[_figure(entry) for entry in document["figures"]],
        problems=document["problems"],
        limits=[Limit(entry["elsewhere"], entry["here"]) for entry in document["limits"]],
        timeline=_timeline(document["timeline"]),
    )


def schema() -> dict[str, Any]:
    """Return the JSON Schema of what render() returns."""
    text = resources.files("infra.report").joinpath("schema.json").read_text()
    found: dict[str, Any] = json.loads(text)
    return found


def _roles(entry: dict[str, Any]) -> Roles:
    bystanders = tuple(entry.get("bystanders", ()))
    return Roles(
        entry["primary"],
        entry["standby"],
        bystanders,
        redrawn=entry.get("redrawn", False),
        named=entry.get("named", False),
    )


def _require_known(path: Path, document: object) -> None:
    if not isinstance(document, dict) or "timeline" not in document:
        raise InfraError(f"{path} is no report of a rehearsal or a drill")
    found = document.get("format")
    if found != FORMAT:
        which = "is of no format" if found is None else f"is of format {found}"
        raise InfraError(
            f"{path} {which}, and this version of the project reads format {FORMAT}: read it with "
            "the version that wrote it, or run it again"
        )
    # The first of what jsonschema finds worst: one line tells a person more than all of them.
    error = jsonschema.exceptions.best_match(
        jsonschema.Draft202012Validator(schema()).iter_errors(document)
    )
    if error is not None:
        raise InfraError(f"{path} is damaged: {error.json_path}: {error.message[:200]}")


def _promise(entry: dict[str, Any]) -> Promise:
    return Promise(entry["interval"], entry["threshold"], entry["ttl"], _range(entry["failing"]))


def _figure(entry: dict[str, Any]) -> Figure:
    promised = entry["promised"]
    limits = None if promised is None else _range(promised)
    return Figure(entry["name"], entry["value"], entry["unit"], limits)


def _range(entry: dict[str, Any]) -> Range:
    return Range(entry["low"], entry["high"])


def _timeline(document: dict[str, Any]) -> Timeline:
    requests = [
        Request(
            entry["client"],
            Operation(entry["operation"]),
            entry["started"],
            entry["ended"],
            entry["region"],
            entry["error"],
            entry["item_id"],
        )
        for entry in document["requests"]
    ]
    moments = [
        Moment(entry["at"], Kind(entry["kind"]), entry["region"], entry["detail"])
        for entry in document["moments"]
    ]
    arrivals = [
        Arrival(entry["item_id"], entry["region"], entry["acknowledged"], entry["seen"])
        for entry in document.get("arrivals", [])
    ]
    return Timeline(requests, moments, arrivals)
