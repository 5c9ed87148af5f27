"""How long clients waited and what failed, from timelines that can be measured by hand."""

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from infra.measure.clients import client_outages, failed_outside, failed_requests
from infra.timeline import Operation, Request, Timeline
from tests.measure.timelines import EAST, WEST, good


def test_a_request_that_succeeded_but_took_as_long_as_the_outage_counts_as_waiting() -> None:
    slow = replace(good(0, Operation.WRITE, 140, WEST), started=101)
    quick = [good(0, Operation.WRITE, 99, EAST), good(0, Operation.WRITE, 141, WEST)]
    reads = [good(0, Operation.READ, 99, EAST), good(0, Operation.READ, 120, WEST)]
    timeline = Timeline([*quick[:1], *reads, slow, quick[1]])
    assert client_outages(timeline, 100, 200) == [40]


def test_a_client_that_had_no_answer_before_the_cut_waits_since_the_cut() -> None:
    timeline = Timeline([good(0, operation, 120, WEST) for operation in Operation])
    assert client_outages(timeline, 100, 200) == [20]


def test_a_second_wait_that_is_longer_than_the_first_is_the_outage() -> None:
    moments = (99, 121, 170)
    timeline = Timeline([good(0, o, at, WEST) for at in moments for o in Operation])
    assert client_outages(timeline, 100, 200) == [49]


REQUESTS = st.builds(
    lambda client, operation, started, took, failed: Request(
        client,
        operation,
        started,
        started + took,
        None if failed else WEST,
        "HTTP 503" if failed else None,
        "x",
    ),
    st.integers(0, 3),
    st.sampled_from(Operation),
    st.integers(0, 300),
    st.integers(0, 3),
    st.booleans(),
)

TIMELINES = st.lists(REQUESTS, max_size=60).map(
    lambda requests: Timeline(sorted(requests, key=lambda request: request.ended))
)


@given(timeline=TIMELINES)
def test_an_outage_lasts_no_less_than_nothing_and_no_more_than_the_run(timeline: Timeline) -> None:
    for outage in client_outages(timeline, cut=100, healed=200):
        assert math.isinf(outage) or 0 <= outage <= 303 - 100


@given(timeline=TIMELINES, later=st.integers(1, 1000))
def test_when_a_run_began_does_not_matter(timeline: Timeline, later: int) -> None:
    moved = Timeline(
        [replace(r, started=r.started + later, ended=r.ended + later) for r in timeline.requests]
    )
    assert client_outages(moved, 100 + later, 200 + later) == client_outages(timeline, 100, 200)
    assert failed_outside(moved, 100 + later) == failed_outside(timeline, 100)


@given(timeline=TIMELINES)
def test_failures_outside_the_outage_are_among_all_failures(timeline: Timeline) -> None:
    assert 0 <= failed_outside(timeline, cut=100) <= failed_requests(timeline)
