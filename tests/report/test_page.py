"""The report as a page, which needs nothing from elsewhere."""

import re
from dataclasses import replace

from infra.measure.figure import Missing
from infra.report import Limit, page, picture
from infra.timeline import Kind, Moment, Timeline
from tests.html import Elements, require_nothing_from_elsewhere
from tests.measure.timelines import EAST, WEST, lost_and_recovered
from tests.report.runs import report

HOSTILE = "\"><script>alert('&')</script>"


def test_the_page_needs_nothing_from_elsewhere() -> None:
    require_nothing_from_elsewhere(page.render(report()))


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


def test_the_page_says_what_the_run_cant_show() -> None:
    assert "<tr><td>replication takes a second</td><td>none</td></tr>" in page.render(report())


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
