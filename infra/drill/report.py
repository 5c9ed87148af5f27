"""A drill's report, from what it found."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from infra.drill.limits import LIMITS
from infra.drill.order import Drill, Found
from infra.measure.figure import Figure, Missing
from infra.measure.loss import figures, reaction
from infra.measure.replication import replication
from infra.measure.roles import Roles
from infra.promise import Promise
from infra.report import Limit, Report
from infra.timeline import Kind
from infra.versions import versions

# What a rehearsal's stand-in says to the second, Route 53 does not: its checkers' last results.
_BY_CHECKERS = {
    "detection": "most checkers fail",
    "failback, health check": "most checkers pass",
    "health check turned": "most checkers failed",
}


def report(order: Drill, found: Found, began: datetime, root: Path) -> Report:
    """Return the report.

    Args:
        order: what was to be done.
        found: what was found.
        began: when it began.
        root: the project's top folder.
    """
    primary, standby = order.deployment.primary.name, order.deployment.standby.name
    roles = Roles(primary, standby)
    timeline = found.outcome.timeline
    name = order.fault.fault.name
    return Report(
        kind="drill",
        title=f"Drill: {primary} watched" if order.watches_only else f"Drill: {name} in {primary}",
        began=began.isoformat(timespec="seconds"),
        settings=_settings(order),
        versions=versions(root),
        roles=roles,
        expected=found.expected,
        happened=reaction(timeline, roles),
        promise=order.promised,
        figures=list(_figures(order, found, roles)),
        problems=found.outcome.problems,
        limits=[*LIMITS, *_unseen(found)],
        timeline=timeline,
    )


def _figures(order: Drill, found: Found, roles: Roles) -> Iterator[Figure]:
    outcome = found.outcome
    missing = Missing(outcome.missing_in_standby, outcome.missing_in_primary)
    measured = figures(outcome.timeline, outcome.promise, roles, missing, found.expected)
    for figure in measured:
        if figure.name in _BY_CHECKERS:
            if found.health_unknown is None:
                yield replace(figure, name=_BY_CHECKERS[figure.name], promised=None)
        elif figure.unit == "s" and order.promised is None:
            yield replace(figure, promised=None)
        else:
            yield figure
    yield from replication(outcome.timeline, outcome.timeline.first(Kind.CUT, roles.primary))


def _unseen(found: Found) -> Iterator[Limit]:
    if found.health_unknown is not None:
        yield Limit("Route 53 says what its checkers see", f"unknown: {found.health_unknown}")


def _settings(order: Drill) -> dict[str, str]:
    deployment, fault = order.deployment, order.fault.fault
    return {
        "stack": deployment.stack,
        "domain name": deployment.domain_name,
        "regions": f"{deployment.primary.name} primary, {deployment.standby.name} standby",
        "fault": f"{fault.name}: {fault.does}",
        **_checks(order.promise),
        "clients": f"{order.clients}, two requests a second each, writes and reads in turn",
        "name server": order.target.server.address,
        "clock": "real time",
    }


def _checks(promise: Promise | None) -> dict[str, str]:
    if promise is None:
        return {"health checks": "unknown", "DNS answers kept": "unknown"}
    return {
        "health checks": f"every {promise.interval:g} s, {promise.threshold} in a row to turn",
        "DNS answers kept": f"{promise.ttl:g} s",
    }
