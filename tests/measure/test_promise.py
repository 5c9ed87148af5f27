"""What a configuration promises, against the table that follows from AWS's documentation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.promise import ANSWERED, UNANSWERED, UNREACHABLE, Promise, Range

PROMISES = st.builds(
    Promise,
    interval=st.sampled_from([10, 30]),
    threshold=st.integers(1, 10),
    ttl=st.integers(0, 3600),
)


@pytest.mark.parametrize(
    ("interval", "threshold", "detection", "with_ttl_60", "with_ttl_10"),
    [
        (10, 1, (0, 16), (0, 76), (0, 26)),
        (10, 2, (10, 32), (10, 92), (10, 42)),
        (10, 3, (20, 48), (20, 108), (20, 58)),
        (30, 3, (60, 108), (60, 168), (60, 118)),
    ],
)
def test_the_ranges_are_those_that_follow_from_the_documentation(
    interval: float,
    threshold: int,
    detection: tuple[float, float],
    with_ttl_60: tuple[float, float],
    with_ttl_10: tuple[float, float],
) -> None:
    assert Promise(interval, threshold, 60).detection == Range(*detection)
    assert Promise(interval, threshold, 60).outage == Range(*with_ttl_60)
    assert Promise(interval, threshold, 10).outage == Range(*with_ttl_10)


@given(promise=PROMISES)
def test_an_outage_outlasts_its_detection_by_a_ttl_at_most(promise: Promise) -> None:
    assert promise.outage.low == promise.detection.low
    assert promise.outage.high == promise.detection.high + promise.ttl
    assert 0 <= promise.detection.low < promise.detection.high


@given(promise=PROMISES)
def test_one_failure_more_costs_an_interval_at_least_and_an_unanswered_check_at_most(
    promise: Promise,
) -> None:
    patient = Promise(promise.interval, promise.threshold + 1, promise.ttl)
    assert patient.detection.low - promise.detection.low == promise.interval
    assert patient.detection.high - promise.detection.high == promise.interval + 6


@pytest.mark.parametrize(
    ("failing", "detection"),
    [
        (UNREACHABLE, (28, 48)),  # two requests of 4 s at the least follow the first
        (UNANSWERED, (24, 48)),
        (ANSWERED, (20, 36)),
        (Range(0, 6), (20, 48)),  # whatever the fault
    ],
)
def test_how_long_a_request_takes_to_fail_narrows_the_detection_and_not_the_return(
    failing: Range, detection: tuple[float, float]
) -> None:
    promise = Promise(10, 3, 10).when_failing(failing)
    assert promise.detection == Range(*detection)
    assert promise.outage == Range(detection[0], detection[1] + 10)
    assert promise.recognition == Range(20, 48)
    assert promise.failback == Range(20, 58)


@given(promise=PROMISES)
def test_an_unnoticed_loss_is_over_before_the_threshold_or_met_by_half_of_the_checkers(
    promise: Promise,
) -> None:
    if promise.threshold == 1:
        assert promise.unnoticed == promise.interval / 2
    else:
        assert 0 < promise.unnoticed < promise.detection.low


def test_both_ends_of_a_range_are_in_it() -> None:
    assert [value in Range(20, 58) for value in (19.9, 20, 33, 58, 58.1)] == [
        False,
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("promised", "text"),
    [(Range(20, 58), "20 to 58"), (Range(0, 0), "0"), (Range(0.5, 2), "0.5 to 2")],
)
def test_a_range_reads_as_a_person_would_say_it(promised: Range, text: str) -> None:
    assert str(promised) == text
