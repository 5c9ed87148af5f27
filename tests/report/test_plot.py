"""Where everything of a run stands in its plot."""

from dataclasses import replace

from infra.report.plot import WIDTH, Gauge, gauge, plot
from infra.timeline import Arrival, Kind, Moment, Operation, Timeline
from tests.measure.timelines import EAST, WEST, good, lost_and_recovered
from tests.report.runs import report


def x(at: float, end: float = 233) -> float:
    """Return where a second stands: 840 pixels for the run, after 120 for the names."""
    return round(120 + 840 * at / end, 1)


def test_the_plot_marks_when_a_region_was_drained_and_refilled() -> None:
    moments = [
        Moment(0, Kind.DNS, EAST),
        Moment(100, Kind.DRAINED, EAST),
        Moment(120, Kind.REFILLING, EAST),
    ]
    shown = plot(report(Timeline([good(0, Operation.READ, 99, EAST)], moments)))
    assert [mark.text for mark in shown.marks] == ["drained", "refilling"]
    assert "0 s" in [tick.text for tick in shown.ticks], "counted from when it was drained"


def test_everything_stands_where_its_second_is() -> None:
    drawn = plot(report())
    assert [(mark.text, mark.x) for mark in drawn.marks] == [("cut", x(100)), ("healed", x(200))]
    assert [row.text for row in drawn.rows] == [
        "health us-east-1",
        "health us-west-2",
        "DNS answers",
        "client 1",
        "client 2",
    ]
    rows = {row.text: [bar for bar in drawn.bars if bar.y == row.y - 11] for row in drawn.rows}
    assert [(bar.x, bar.style) for bar in rows["health us-east-1"]] == [
        (x(0), "good"),
        (x(130), "bad"),
        (x(225), "good"),
    ]
    assert [(bar.x, bar.style) for bar in rows["health us-west-2"]] == [(x(0), "good")]
    assert [(bar.x, bar.style) for bar in rows["DNS answers"]] == [
        (x(0), "primary"),
        (x(130.25), "standby"),
        (x(225.25), "primary"),
    ]
    first, *_, last = rows["client 1"]
    assert (first.x, first.style) == (x(97.5), "primary")
    assert (last.x, last.style) == (x(232.5), "primary")
    assert sum(bar.style == "failed" for bar in rows["client 1"]) == 2


def test_bars_of_a_row_meet_and_the_last_ends_with_the_plot() -> None:
    drawn = plot(report())
    health = [bar for bar in drawn.bars if bar.y == drawn.rows[0].y - 11]
    ends = [round(bar.x + bar.width, 1) for bar in health]
    assert ends == [*(bar.x for bar in health[1:]), WIDTH]


def test_writes_on_their_way_to_the_standby_have_a_row_of_their_own() -> None:
    timeline = lost_and_recovered()
    timeline.arrivals = [Arrival("a", WEST, 98, 110), Arrival("b", WEST, 99, None)]
    drawn = plot(report(timeline))
    row = drawn.rows[-1]
    assert row.text == "replicating"
    bars = [(bar.x, bar.style, bar.title) for bar in drawn.bars if bar.y == row.y - 11]
    assert bars == [
        (x(98), "pending", "a in us-west-2: 12.00 s"),
        (x(99), "failed", "b in us-west-2: never seen"),
    ]


def test_health_that_nobody_could_see_is_not_drawn_as_good() -> None:
    unseen = [m for m in lost_and_recovered().moments if m.kind in {Kind.CUT, Kind.DNS}]
    drill = replace(report(Timeline(moments=unseen)), kind="drill")
    assert [row.text for row in plot(drill).rows] == ["DNS answers"]


def test_the_promised_window_is_shaded() -> None:
    window = plot(report()).window
    assert window is not None
    assert window.x == x(120)
    assert round(window.x + window.width, 1) == x(158)
    assert window.title == "promised: 20 to 58 s after the cut"
    assert plot(report(Timeline())).window is None


def test_a_run_that_ended_within_the_window_is_shaded_to_its_end() -> None:
    timeline = lost_and_recovered()
    timeline.moments = [m for m in timeline.moments if m.at <= 130]
    timeline.requests = [r for r in timeline.requests if r.ended <= 130]
    window = plot(report(timeline)).window
    assert window is not None
    assert window.x == x(120, end=130)
    assert round(window.x + window.width, 1) == WIDTH


def test_ticks_count_from_the_cut() -> None:
    ticks = {tick.text: tick.x for tick in plot(report()).ticks}
    assert ticks["0 s"] == x(100)
    assert ticks["-100 s"] == x(0)
    assert ticks["120 s"] == x(220)
    assert len(ticks) <= 12


def test_gauges_share_a_scale_that_ends_with_the_longest_of_promises_and_figures() -> None:
    shown = report()
    found = {figure.name: gauge(figure, shown) for figure in shown.figures}
    assert found["detection"] == Gauge(34.5, 48.3, 51.7)  # 20 to 48 s, and 30 s, of 58 s
    assert found["client outage, max"] == Gauge(34.5, 65.5, 69.0)
    assert found["failed requests"] is None
    assert found["missing in the standby"] is None
    late = replace(shown.figures[0], value=116.0)
    assert gauge(late, replace(shown, figures=[late])) == Gauge(17.2, 24.1, 100.0)
    never = replace(late, value=None)
    assert gauge(never, replace(shown, figures=[never])) is None


def test_nothing_is_drawn_outside_the_plot() -> None:
    drawn = plot(report())
    for bar in drawn.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH + 1.5
        assert 0 <= bar.y < drawn.height
