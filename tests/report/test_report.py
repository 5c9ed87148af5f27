"""The report: the same account on a page, on a terminal and for machines."""

import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console

from infra.fault import Reaction
from infra.measure.figure import Missing
from infra.measure.loss import figures, reaction
from infra.rehearsal.faults import FAULTS
from infra.report import Limit, Report, machine, page, picture, terminal
from infra.report.plot import WIDTH, Gauge, gauge, plot
from infra.timeline import Arrival, Kind, Moment, Operation, Timeline
from tests.measure.timelines import DEFAULT, EAST, ROLES, WEST, good, lost_and_recovered

HOSTILE = "\"><script>alert('&')</script>"


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


def on_a_terminal(shown: Report) -> str:
    output = io.StringIO()
    terminal.show(shown, Console(file=output, width=100))
    return output.getvalue()


class Elements(HTMLParser):
    """The tags of a page, each closed as it was opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.attributes += attrs
        if tag != "meta":
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


def test_a_run_that_keeps_every_promise_passes() -> None:
    assert report().passed
    assert report().verdict == (
        "us-west-2 took over within the promised time, and no write was lost"
    )


def test_a_broken_promise_fails_and_is_named() -> None:
    broken = report(missing=Missing(["lost"], None))
    assert not broken.passed
    assert broken.verdict == (
        "outside the promise: missing in the standby, missing in the primary, healed"
    )


def test_a_region_that_was_not_cut_proves_nothing() -> None:
    uncut = report(Timeline())
    assert not uncut.passed
    assert uncut.verdict == "the region was not cut"


def test_a_problem_fails_a_run_whose_figures_are_all_kept() -> None:
    troubled = replace(report(), problems=["a certificate was about to expire"])
    assert not troubled.passed
    assert troubled.verdict == "something went wrong"


def test_what_should_not_have_happened_fails_and_is_named() -> None:
    moved = replace(report(), expected=Reaction.STAYS)
    assert not moved.passed
    assert moved.verdict == "expected: stays; happened: fails over"


@pytest.mark.parametrize(
    ("expected", "verdict"),
    [
        (Reaction.STAYS, "us-east-1 stayed in service, and no write was lost"),
        (
            Reaction.BOTH_DOWN,
            "with both regions down DNS answered us-east-1, and no write was lost",
        ),
        (
            Reaction.UNNOTICED,
            "no client noticed the loss of us-east-1, and no write was lost",
        ),
        (
            Reaction.MOVES,
            "us-east-1 was drained and refilled without a failed request, and no write was lost",
        ),
    ],
)
def test_a_run_that_must_not_fail_over_says_what_it_showed(
    expected: Reaction, verdict: str
) -> None:
    kept = replace(report(), expected=expected, happened=expected, figures=[])
    assert kept.passed
    assert kept.verdict == verdict


def active_active() -> Report:
    """Return a report of two regions that serve, of which client 1 is near the other one."""
    roles = replace(ROLES, bystanders=(1,), named=True)
    timeline = lost_and_recovered()
    near = [r for r in timeline.requests if r.client == 0 or r.region == WEST]
    timeline = Timeline(near, timeline.moments)
    made = figures(timeline, DEFAULT, roles, Missing([], []))
    return replace(report(timeline), roles=roles, figures=made)


def test_where_both_regions_serve_the_report_says_whom_it_concerned() -> None:
    shown = active_active()
    assert shown.verdict == (
        "us-west-2 took over within the promised time, its own clients noticed nothing, and no "
        "write was lost"
    )
    names = [figure.name for figure in shown.figures]
    assert "missing in us-west-2" in names
    assert "missing in us-east-1, healed" in names
    assert not [name for name in names if "standby" in name or "primary" in name]
    text = page.render(shown)
    assert ">DNS near us-east-1<" in text
    assert "acknowledged writes missing" in text


def test_machines_read_back_whom_a_loss_concerned(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(machine.render(active_active()))
    assert machine.read(path).roles == active_active().roles


def test_the_plot_marks_when_a_region_was_drained_and_refilled() -> None:
    moments = [
        Moment(0, Kind.DNS, EAST),
        Moment(100, Kind.DRAINED, EAST),
        Moment(120, Kind.REFILLING, EAST),
    ]
    shown = plot(report(Timeline([good(0, Operation.READ, 99, EAST)], moments)))
    assert [mark.text for mark in shown.marks] == ["drained", "refilling"]
    assert "0 s" in [tick.text for tick in shown.ticks], "counted from when it was drained"


def test_the_faults_are_listed_with_what_each_does_its_cause_and_what_should_come_of_it() -> None:
    output = io.StringIO()
    terminal.list_faults(FAULTS.values(), Console(file=output, width=200))
    lines = output.getvalue().splitlines()[1:]
    for fault, told, cause in zip(FAULTS.values(), lines[::2], lines[1::2], strict=True):
        assert told.split("  ")[0] == fault.name
        assert fault.expected in told
        assert told.rstrip().endswith(fault.does)
        assert cause.strip() == fault.on_aws


def test_the_page_needs_nothing_from_elsewhere() -> None:
    text = page.render(report())
    elements = Elements(text)
    assert not {"script", "link", "img", "iframe", "base"} & set(elements.found)
    assert not {"src", "href", "srcset"} & {name for name, _ in elements.attributes}
    assert not re.search(r"https?:|//[a-z]|url\(|@import", text)


def test_the_page_forbids_itself_to_fetch_or_run_anything() -> None:
    attributes = dict(Elements(page.render(report())).attributes)
    assert attributes["http-equiv"] == "Content-Security-Policy"
    assert "default-src 'none'; style-src 'unsafe-inline'" in page.render(report())


def test_the_page_begins_with_what_a_reader_looks_for_first() -> None:
    text = page.render(report(missing=Missing(["lost"], [])))
    tiles = re.findall(r'<dt>(.*?)</dt><dd class="(.*?)">(.*?)</dd><dd class="soft">(.*?)<', text)
    assert tiles == [
        ("longest outage of a client", "value", "40.0 s", "promised: 20 to 58 s"),
        ("until the loss was noticed", "value", "30.0 s", "promised: 20 to 48 s"),
        ("acknowledged writes missing", "value broken", "1", "promised: 0"),
        ("requests that failed", "value", "3", "nothing promised"),
    ]


def test_the_page_and_the_terminal_say_what_the_run_cant_show() -> None:
    assert "<tr><td>replication takes a second</td><td>none</td></tr>" in page.render(report())
    assert "What a rehearsal can't show:\n  replication takes a second; here: none\n" in (
        on_a_terminal(report())
    )


def test_the_page_says_of_what_settings_and_versions_the_run_was() -> None:
    text = page.render(report())
    assert '<th scope="row" class="soft">clients</th><td>8</td>' in text
    assert '<th scope="row" class="soft">project</th><td>abc1234</td>' in text


def test_the_page_says_what_was_measured_and_what_was_promised() -> None:
    text = page.render(report())
    assert "<strong>Passed:</strong> us-west-2 took over" in text
    rows = re.findall(r'<th scope="row">(.*?)</th><td.*?>(.*?)</td><td.*?>(.*?)</td>\n', text)
    assert ("detection", "30.0 s", "20 to 48 s") in rows
    assert ("client outage, max", "40.0 s", "20 to 58 s") in rows
    assert ("failed requests", "3", "") in rows
    assert ("missing in the standby", "0", "0") in rows


def test_the_page_of_a_failed_run_says_so_and_why() -> None:
    text = page.render(replace(report(missing=Missing(None, [])), problems=["it broke"]))
    assert "<strong>Failed:</strong> outside the promise: missing in the standby" in text
    assert "<li>it broke</li>" in text
    assert ">never</td>" in text


def test_no_text_from_the_run_becomes_markup_of_the_page() -> None:
    timeline = lost_and_recovered()
    timeline.moments += [
        Moment(230, Kind.UNHEALTHY, EAST, HOSTILE),
        Moment(240, Kind.DNS, HOSTILE),
    ]
    timeline.requests[4] = replace(timeline.requests[4], error=HOSTILE)
    timeline.requests[5] = replace(timeline.requests[5], region=HOSTILE, error=None)
    hostile = replace(
        report(timeline),
        title=HOSTILE,
        began=HOSTILE,
        settings={HOSTILE: HOSTILE},
        versions={HOSTILE: HOSTILE},
        problems=[HOSTILE],
        limits=[Limit(HOSTILE, HOSTILE)],
    )
    for text, marked in ((page.render(hostile), 13), (picture.render(hostile), 4)):
        assert "<script" not in text
        assert Elements(text).found.count("script") == 0
        assert text.count("&lt;script&gt;") >= marked


def test_the_picture_is_the_plot_alone_with_its_title_and_its_key() -> None:
    text = picture.render(report())
    assert text.startswith("<svg ")
    assert Elements(text).found.count("rect") > 20
    for word in ("Rehearsal: the loss of us-east-1", EAST, WEST, "cut", "healed"):
        assert f">{word}</text>" in text
    assert re.findall('https?://[^"]+', text) == ["http://www.w3.org/2000/svg"]


def test_a_run_in_which_nothing_happened_has_a_page_too() -> None:
    text = page.render(replace(report(Timeline()), problems=["no client could connect"]))
    assert "<strong>Failed:</strong> the region was not cut" in text
    assert "<h2>Figures</h2>" not in text
    Elements(text)


def x(at: float, end: float = 233) -> float:
    """Return where a second stands: 840 pixels for the run, after 120 for the names."""
    return round(120 + 840 * at / end, 1)


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


def test_where_nothing_is_promised_no_window_is_shaded_and_no_time_praised() -> None:
    unpromised = replace(report(), promise=None)
    assert plot(unpromised).window is None
    assert unpromised.verdict == "us-west-2 took over, and no write was lost"
    assert "shaded" not in page.render(unpromised)


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


def test_machines_get_the_whole_report() -> None:
    document = json.loads(machine.render(report(missing=Missing(["lost"], []))))
    assert document["passed"] is False
    assert document["verdict"] == "outside the promise: missing in the standby"
    assert document["roles"] == {
        "primary": EAST,
        "standby": WEST,
        "bystanders": [],
        "redrawn": False,
        "named": False,
    }
    by_name = {figure["name"]: figure for figure in document["figures"]}
    assert by_name["detection"] == {
        "name": "detection",
        "value": 30,
        "unit": "s",
        "promised": {"low": 20, "high": 48},
        "kept": True,
    }
    assert by_name["missing in the standby"]["kept"] is False
    assert len(document["timeline"]["requests"]) == len(lost_and_recovered().requests)
    assert document["timeline"]["moments"][1] == {
        "at": 100,
        "kind": "cut",
        "region": EAST,
        "detail": "",
    }


def test_the_terminal_shows_each_figure_beside_its_promise() -> None:
    lines = on_a_terminal(report()).splitlines()
    assert any(re.search(r"^detection +30\.0 s +20 to 48 s +ok", line) for line in lines)
    assert any(re.search(r"^failed requests +3 *$", line) for line in lines)
    assert lines[-1].startswith("PASSED us-west-2 took over within the promised time")


def test_the_terminal_says_what_failed_and_why() -> None:
    failed = replace(report(missing=Missing(["x"], [])), problems=["see [red]this[/red]"])
    text = on_a_terminal(failed)
    assert re.search(r"missing in the standby +1 +0 +OUTSIDE", text)
    assert "! see [red]this[/red]" in text
    assert "FAILED outside the promise: missing in the standby" in text
