"""Reports of small runs."""

from dataclasses import replace

from infra.fault import Reaction
from infra.measure.figure import Missing
from infra.measure.loss import figures, reaction
from infra.report import Limit, Report
from infra.timeline import Timeline
from tests.measure.timelines import DEFAULT, ROLES, WEST, lost_and_recovered


def report(timeline: Timeline | None = None, missing: Missing | None = None) -> Report:
    timeline = timeline or lost_and_recovered()
    return Report(
        kind="rehearsal",
        title="Rehearsal: the loss of us-east-1",
        began="2026-01-02T03:04:05+00:00",
        settings={"clients": "8"},
        versions={"project": "abc1234"},
        roles=ROLES,
        expected=Reaction.FAILS_OVER,
        happened=reaction(timeline, ROLES),
        promise=DEFAULT,
        figures=figures(timeline, DEFAULT, ROLES, missing or Missing([], [])),
        problems=[],
        limits=[Limit("replication takes a second", "none")],
        timeline=timeline,
    )


def active_active() -> Report:
    """Return a report of two regions that serve, of which client 1 is near the other one."""
    roles = replace(ROLES, bystanders=(1,), named=True)
    timeline = lost_and_recovered()
    near = [r for r in timeline.requests if r.client == 0 or r.region == WEST]
    timeline = Timeline(near, timeline.moments)
    made = figures(timeline, DEFAULT, roles, Missing([], []))
    return replace(report(timeline), roles=roles, figures=made)
