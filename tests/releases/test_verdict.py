"""What speaks against a new version, and what does not."""

import pytest

from infra.releases.samples import Sample
from infra.releases.verdict import Limits, objection

LIMITS = Limits(error_rate=0.01, p99=1000, requests=20)


def sample(requests: int, failed: int = 0, p99: float | None = 30.0) -> Sample:
    return Sample(requests, 0, failed, p99, p99)


WELL = sample(500)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (sample(0, p99=None), WELL),
        (WELL, WELL),
        (sample(1000, failed=10), WELL),  # 1 % is what may
        (sample(19, failed=1), WELL),  # one failure of few is an accident
        (sample(19, p99=5000), WELL),  # and so is one slow one
        (sample(100, p99=1000), WELL),
        (sample(100, failed=20), sample(900, failed=200)),  # the old one fails as often
        (sample(100, p99=4000), sample(900, p99=4500)),
    ],
)
def test_nothing_speaks_against_it(new: Sample, old: Sample) -> None:
    assert objection(new, old, LIMITS) is None


@pytest.mark.parametrize(
    ("new", "old", "said"),
    [
        (sample(20, failed=1), WELL, "1 of 20 requests failed (5.0%; at most 1.0% may"),
        (sample(2, failed=2), WELL, "2 of 2 requests failed (100.0%"),
        (sample(1000, failed=11), WELL, "11 of 1000 requests failed (1.1%"),
        (sample(100, failed=20), sample(900, failed=100), "and 11.1% of the old version's did"),
        (sample(20, p99=1001), WELL, "p99 is 1001 ms (at most 1000 ms; the old version's is 30"),
        (sample(20, p99=1001), sample(0, p99=None), "the old version's is unknown"),
        (sample(20, p99=4001), sample(900, p99=4000), "p99 is 4001 ms"),
    ],
)
def test_what_speaks_against_it_is_said_with_its_limit(new: Sample, old: Sample, said: str) -> None:
    told = objection(new, old, LIMITS)
    assert told is not None
    assert said in told


def test_crashes_and_5xx_are_failures_alike() -> None:
    assert Sample(40, 1, 1, 30.0, 30.0).rate == 0.05


def test_what_is_counted_before_its_request_makes_no_rate_above_all() -> None:
    assert Sample(1, 0, 3).rate == 1.0
    assert Sample(0, 0, 3).rate == 0.0
