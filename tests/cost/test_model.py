"""What a month's bill is made of, against sums that are made by hand."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.cost import prices
from infra.cost.assumptions import MODES, TRAFFIC, Assumptions, Counts, Mode, Traffic
from infra.cost.model import Line, bill, of_health_checks, total

COLD, WARM, ACTIVE, ACTIVE_WARM = MODES
REGIONS = "us-east-1", "us-west-2"
BOOK = prices.read()
SMALL = Traffic(requests=1e6, stored_gb=1)
MONTH = 730 * 3600


def quantities(
    mode: Mode, traffic: Traffic, what: str, taken: Assumptions | None = None
) -> list[float]:
    """Return how much of something is paid for, in the order of the lines."""
    lines = bill(mode, traffic, BOOK, REGIONS, taken)
    return [line.quantity for line in lines if line.what == what]


def line(lines: list[Line], what: str, region: str) -> Line:
    return next(found for found in lines if (found.what, found.region) == (what, region))


def test_a_standby_has_the_health_checkers_and_the_writes_that_reach_it_and_nothing_else() -> None:
    checks = 65 * 60 * 730 / 1e6
    requests = quantities(COLD, SMALL, "requests, million")
    # Lambda, API Gateway and the firewall count alike; the primary comes first.
    assert requests == pytest.approx([1 + checks] * 3 + [checks] * 3)
    assert quantities(COLD, SMALL, "writes, million") == pytest.approx([0.2, 0.2])
    assert quantities(COLD, SMALL, "replication, GB") == pytest.approx([0.2, 0])


def test_two_active_regions_share_the_requests_and_both_hold_every_write() -> None:
    checks = 65 * 60 * 730 / 1e6
    assert quantities(ACTIVE, SMALL, "requests, million") == pytest.approx([0.5 + checks] * 6)
    assert quantities(ACTIVE, SMALL, "writes, million") == pytest.approx([0.2, 0.2])
    assert quantities(ACTIVE, SMALL, "replication, GB") == pytest.approx([0.1, 0.1])


def test_a_health_check_costs_its_kind_and_each_of_two_features() -> None:
    lines = bill(COLD, SMALL, BOOK, REGIONS)
    assert line(lines, "health checks", "").cost == 6 * 0.5
    assert line(lines, "HTTPS and 10 s of health checks", "").cost == 2 * 2 * 1


def test_latency_queries_have_a_price_of_their_own() -> None:
    for mode, price in ((COLD, 0.4), (ACTIVE, 0.6)):
        found = line(bill(mode, SMALL, BOOK, REGIONS), "DNS queries, million", "")
        assert found.cost == pytest.approx(0.1 * price)


def test_a_snapshot_is_kept_for_each_function_where_that_is_asked_for() -> None:
    asked = Assumptions(snap_start=True)
    assert quantities(COLD, SMALL, "SnapStart cache, GB-s", asked) == [2 * 0.5 * MONTH] * 2
    assert quantities(COLD, SMALL, "SnapStart restores, GB", asked) == [1000 * 0.5, 0]
    for mode in MODES:
        assert quantities(mode, SMALL, "SnapStart cache, GB-s") == []


def test_a_start_is_billed_like_any_other_second_unless_it_is_a_restore() -> None:
    [started, _], [restored, _] = (
        quantities(COLD, SMALL, "duration, GB-s", Assumptions(snap_start=asked))
        for asked in (False, True)
    )
    # One request of a thousand starts a function, for 150 ms with half a GB.
    assert started - restored == pytest.approx(1000 * 0.15 * 0.5)


def test_warm_capacity_is_paid_for_all_month_where_another_region_may_fail_over_to() -> None:
    kept = Assumptions().provisioned * 0.5 * MONTH
    assert quantities(WARM, SMALL, "provisioned, GB-s") == [kept]
    assert quantities(ACTIVE_WARM, SMALL, "provisioned, GB-s") == [kept, kept]
    lines = bill(WARM, SMALL, BOOK, REGIONS)
    assert line(lines, "provisioned, GB-s", "us-west-2").cost == pytest.approx(kept * 3.3334e-6)
    assert line(lines, "duration, GB-s", "us-west-2").price == 7.7778e-6
    assert line(lines, "duration, GB-s", "us-east-1").price == 1.33334e-5


def test_a_region_that_idles_is_traced_for_its_health_checks() -> None:
    checks = 65 * 60 * 730
    idle = quantities(COLD, replace(SMALL, requests=0), "traces, million")[1] * 1e6
    # At 65 a minute, two seconds in three have a request, and one in twenty of the rest is traced.
    first = MONTH * (1 - math.exp(-65 / 60))
    assert idle == pytest.approx(first + 0.05 * (checks - first))
    assert 0.6 * MONTH < idle < 0.8 * MONTH


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
@given(requests=st.floats(0, 1e10), more=st.floats(1, 1e9))
def test_more_requests_never_cost_less(mode: Mode, requests: float, more: float) -> None:
    few, many = (
        total(bill(mode, Traffic(asked, 1), BOOK, REGIONS)) for asked in (requests, requests + more)
    )
    assert few <= many


def test_no_line_is_negative_and_the_total_is_their_sum() -> None:
    for mode in MODES:
        for traffic in TRAFFIC:
            lines = bill(mode, traffic, BOOK, REGIONS)
            assert all(found.cost >= 0 for found in lines)
            assert total(lines) == pytest.approx(
                sum(found.quantity * found.price for found in lines)
            )


def test_an_alarm_more_costs_ten_cents() -> None:
    alarms = quantities(COLD, SMALL, "alarms")
    assert alarms == [Counts().region_alarm_metrics, Counts().region_alarm_metrics + 1]
    assert quantities(WARM, SMALL, "alarms")[1] - alarms[1] == Counts().scaling_alarm_metrics
    assert line(bill(COLD, SMALL, BOOK, REGIONS), "alarms", "us-east-1").price == 0.1


def test_health_checks_cost_their_own_price_and_that_of_each_request_they_send() -> None:
    fast, slow = (of_health_checks(BOOK, REGIONS, interval) for interval in (10, 30))
    # Two checks at 0.50, with HTTPS at 1.00, and 10 s at 1.00.
    assert fast - 2 * (0.50 + 2 * 1.00) > 0
    # Per request, to within what X-Ray makes of requests that come less often.
    requests_fast, requests_slow = fast - 5.00, slow - 3.00
    assert requests_fast / requests_slow == pytest.approx(65 / 30, rel=0.1)
    # 65 a minute are 2.85 million a month in each region, at 3.50 for API Gateway alone.
    assert requests_fast > 2 * 2.85 * 3.50
