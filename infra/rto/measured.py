"""What rehearsals and drills have measured, from their reports, by what their settings promise."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.errors import InfraError
from infra.report import Report, machine
from infra.rto.model import Failure, Setting

# The faults by which a report's run lost its region, as the model tells them apart.
_FAULTS = {
    Failure.BLACKHOLE: frozenset({"blackhole"}),
    Failure.FAST: frozenset({"5xx", "refused", "reset", "tls", "throttled"}),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One run.

    Attributes:
        name: of its report.
        kind: rehearsal or drill.
        detection: seconds to an unhealthy check; None where that was not measured.
        outage: the longest of a client's, in seconds.
    """

    name: str
    kind: str
    detection: float | None
    outage: float


def measured(
    paths: Iterable[Path], failure: Failure
) -> tuple[Mapping[Setting, list[Measured]], list[str]]:
    """Return the runs that lost a region so, by setting, and why other files could not be read.

    A run whose clients never came back has no outage, and is left out; so is one in which DNS chose
    at random, which spares some clients all of it.
    """
    found: dict[Setting, list[Measured]] = {}
    unread: list[str] = []
    for path in paths:
        try:
            report = machine.read(path)
        except InfraError as error:
            unread.append(str(error))
            continue
        run = _run(path, report)
        # The setting goes on with what the fault does.
        fault = report.settings.get("fault", "").partition(":")[0]
        promise = report.promise
        if run is not None and promise is not None and fault in _FAULTS[failure]:
            setting = Setting(promise.interval, promise.threshold, promise.ttl)
            found.setdefault(setting, []).append(run)
    return found, unread


def _run(path: Path, report: Report) -> Measured | None:
    values = {figure.name: figure.value for figure in report.figures}
    outage = values.get("client outage, max")
    if outage is None or report.roles.redrawn:
        return None
    return Measured(path.stem, report.kind, values.get("detection"), outage)
