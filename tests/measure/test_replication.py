"""How late writes were in the other region, and the reads that came before them."""

from dataclasses import replace

from infra.measure.clients import failed_outside, failed_requests
from infra.measure.figure import Missing
from infra.measure.loss import figures
from infra.measure.replication import reads_ahead, replication
from infra.timeline import Arrival, Operation, Timeline
from tests.measure.timelines import DEFAULT, EAST, ROLES, WEST, good, lost_and_recovered


def arrivals(*late: float | None) -> Timeline:
    """Return writes that were acknowledged a second apart, and seen so much later."""
    return Timeline(
        arrivals=[
            Arrival(f"{number}", WEST, number, None if seconds is None else number + seconds)
            for number, seconds in enumerate(late)
        ]
    )


def test_how_late_writes_were_is_counted_from_their_acknowledgement() -> None:
    found = {f.name: f.value for f in replication(arrivals(0.5, 0.5, 2.5, 0.5), cut=3.5)}
    assert found == {
        "replication, p50": 0.5,
        "replication, p99": 2.5,
        "replication, max": 2.5,
        "reads ahead of it": 0,
        # The one that was acknowledged at 2 s and seen at 4.5 s.
        "not yet in the standby at the cut": 1,
        "the oldest of them, at the cut": 1.5,
    }


def test_a_write_that_nobody_saw_is_late_without_end() -> None:
    found = {f.name: f.value for f in replication(arrivals(0.5, None), cut=10)}
    assert found["replication, p50"] == 0.5
    assert found["replication, max"] is None
    assert found["not yet in the standby at the cut"] == 1
    assert found["the oldest of them, at the cut"] == 9


def test_without_a_loss_and_without_a_look_nothing_is_said_of_it() -> None:
    assert replication(Timeline(), cut=10) == []
    found = [figure.name for figure in replication(arrivals(0.5), cut=None)]
    assert found == [
        "replication, p50",
        "replication, p99",
        "replication, max",
        "reads ahead of it",
    ]


def test_a_read_ahead_of_replication_is_no_failure_where_that_is_measured() -> None:
    timeline = lost_and_recovered()
    written = good(0, Operation.WRITE, 240, WEST)
    early = replace(good(0, Operation.READ, 241, EAST), error="HTTP 404", item_id=written.item_id)
    timeline.requests += [written, early]
    assert failed_outside(timeline, 100) == 1, "in a rehearsal, what is not found is lost"

    timeline.arrivals = arrivals(0.5).arrivals
    assert (failed_outside(timeline, 100), failed_requests(timeline)) == (0, 3)
    assert reads_ahead(timeline) == [early]
    found = figures(timeline, DEFAULT, ROLES, Missing([], []))
    assert [f.value for f in found if f.name == "failed outside the outage"] == [0]

    timeline.requests[-1] = replace(early, region=WEST)
    assert failed_outside(timeline, 100) == 1, "it was written there"
