"""What a user can do on the page, and what the page tells."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from selenium.common.exceptions import JavascriptException
from selenium.webdriver.common.keys import Keys

from tests.page.browser import FAILED, Browser, BrowserMissingError, browser
from tests.page.serving import KEY, Serving

# WCAG 2.2, 1.4.3 and 1.4.11: text, and the edges of fields.
_CONTRAST = Path(__file__).with_name("contrast.js").read_text()


def _write(page: Browser, item_id: str, data: str, key: str = KEY) -> None:
    page.fill("ItemId", item_id)
    page.fill("Data", data)
    page.fill("API key", key)
    page.click("Write")


def _eventually(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.05)


def _disabled(page: Browser, button: str) -> bool:
    return page.button(button).get_dom_attribute("aria-disabled") == "true"


def test_the_page_opens_without_a_complaint_and_names_its_region(page: Browser) -> None:
    _eventually(lambda: page.cells()[:2] == ["A", "A"])
    assert page.complaints() == []
    assert page.driver.title == "us-east-1 answers · Multi-region API"
    assert page.text("latency").endswith(" ms")
    assert page.text("failed").startswith("0 of ")
    assert "us-east-1" in page.text("key")


def test_a_lost_region_shows_as_failures_then_as_the_other_region(
    page: Browser, served: Serving
) -> None:
    _eventually(lambda: page.cells()[:2] == ["A", "A"])
    with served.lost():
        page.until("status", "No answer since")
        assert FAILED in page.cells()
        served.region = "us-west-2"
    said = page.until("status", "us-west-2 answers, after")
    assert 3 <= float(said.split()[3]) < 10, said
    _eventually(lambda: page.cells()[-2] == "B")
    assert "".join(dict.fromkeys(page.cells())).startswith(f"A{FAILED}B")
    words = page.evaluate("document.querySelector('#strip .failed').textContent")
    assert "No answer within 3 s" in words
    assert page.rows("log")[0][1].startswith("Answered again, after ")


def test_an_answer_that_is_an_error_counts_as_a_failure(page: Browser, served: Serving) -> None:
    served.items.reachable = False
    page.until("status", "No answer since")
    assert page.rows("log")[0][1:4] == ["Poll failed", "HTTP 503", "us-east-1"]
    page.click("Read")
    shown = page.until("listed", "ServiceUnavailableError (HTTP 503)")
    assert "The table is out of reach" in shown


def test_polls_rest_while_paused(page: Browser, served: Serving) -> None:
    page.click("Pause")
    time.sleep(0.5)
    asked = len(served.asked)
    time.sleep(2.5)
    assert len(served.asked) == asked
    page.click("Resume")
    _eventually(lambda: len(served.asked) > asked)


def test_a_wrong_key_is_refused_in_the_gateways_words_and_a_right_one_writes(
    page: Browser,
) -> None:
    _write(page, "an item", "1", key="wrong")
    refused = page.until("written", "HTTP 403")
    assert refused.splitlines() == ["Refused (HTTP 403)", "Forbidden", "RequestId gateway-1"]
    _write(page, "an item", "1")
    page.until("written", "Written in us-east-1")
    page.until("listed", "Page 1: 1 item from us-east-1")
    assert page.rows("items")[0][:2] == ["an item", "1"]
    assert [row[1:3] for row in page.rows("log") if row[1] == "POST /write"] == [
        ["POST /write", "HTTP 200"],
        ["POST /write", "HTTP 403"],
    ]


def test_create_only_leaves_an_item_alone_and_the_api_says_so(page: Browser) -> None:
    _write(page, "first", '"old"')
    page.until("written", "Written")
    page.field("Create only").click()
    _write(page, "first", '"new"')
    lines = page.until("written", "HTTP 412").splitlines()
    assert lines[0] == "PreconditionFailedError (HTTP 412)"
    assert lines[1].startswith("An item has this ItemId")
    assert lines[2].startswith("RequestId ")
    page.click("Read")
    page.until("listed", "1 item")
    assert page.rows("items")[0][1] == '"old"'


@pytest.mark.parametrize(
    "data",
    [
        "12345678901234567890",
        "[1.0, -0.0, 1e400, 0.1000]",
        '{"a" :  {"b":[ ]}, "Items": "]}", "": "\\\\"}',
        '"\\u00e9\\ud800 \\" \\\\"',
        '"<img src=x onerror=alert(1)>&amp;"',
    ],
)
def test_data_is_sent_and_shown_to_the_letter(page: Browser, data: str) -> None:
    item_id = '<b>"\\&amp;</b>'
    _write(page, item_id, data)
    page.until("written", "Written")
    page.until("listed", "1 item")
    assert page.rows("items")[0][:2] == [item_id, data]


def test_pages_are_turned_both_ways_and_end(page: Browser, served: Serving) -> None:
    ids = {f"item {number}" for number in range(12)}
    for item_id in ids:
        served.write(item_id, "null")
    page.choose("Per page", "5")
    page.click("Read")
    page.until("listed", "Page 1: 5 items")
    assert _disabled(page, "Previous")
    seen = [row[0] for row in page.rows("items")]
    first = list(seen)
    for number, count in ((2, 5), (3, 2)):
        page.click("Next")
        page.until("listed", f"Page {number}: {count} items")
        seen += [row[0] for row in page.rows("items")]
    assert sorted(seen) == sorted(ids)
    assert _disabled(page, "Next")
    page.click("Next")
    page.click("Previous")
    page.until("listed", "Page 2")
    page.click("Previous")
    page.until("listed", "Page 1")
    assert [row[0] for row in page.rows("items")] == first


def test_a_page_that_fails_to_come_is_asked_for_again(page: Browser, served: Serving) -> None:
    for number in range(7):
        served.write(str(number), "null")
    page.choose("Per page", "5")
    page.click("Read")
    page.until("listed", "Page 1: 5 items")
    served.breaks = True
    page.click("Next")
    page.until("listed", "No connection.")
    served.breaks = False
    page.click("Next")
    page.until("listed", "Page 2: 2 items")


def test_one_item_is_found_by_its_id_or_told_missing(page: Browser, served: Serving) -> None:
    served.write("a/b?c&d=é", "[1]")
    served.write("another", "[2]")
    page.fill("ItemId, or empty", "a/b?c&d=é")
    page.press(Keys.ENTER)
    page.until("listed", "1 item from")
    assert page.rows("items")[0][:2] == ["a/b?c&d=é", "[1]"]
    page.fill("ItemId, or empty", "nowhere")
    page.press(Keys.ENTER)
    page.until("listed", "NotFoundError (HTTP 404)")


def test_what_is_wrong_with_a_write_is_said_before_it_is_sent(
    page: Browser, served: Serving
) -> None:
    page.click("Write")
    assert page.text("id-wrong") == "Name the item: 1 to 2,048 bytes of text."
    assert page.text("data-wrong").startswith("Give a JSON value")
    assert page.driver.switch_to.active_element == page.field("ItemId")
    page.fill("ItemId", "\u00e9" * 1025)
    page.press(Keys.TAB)
    assert page.text("id-wrong") == "This is 2050 bytes long, and may be 2,048."
    page.fill("ItemId", "fine")
    assert page.text("id-wrong") == ""
    page.fill("Data", '{"a": 1')
    page.click("Write")
    assert page.text("data-wrong").startswith("Not JSON yet: ")
    assert page.driver.switch_to.active_element == page.field("Data")
    assert page.field("Data").get_dom_attribute("aria-invalid") == "true"
    page.press("}")
    assert page.text("data-wrong") == ""
    assert page.field("Data").get_dom_attribute("aria-invalid") == "false"
    assert not any(line.startswith("POST") for line in served.asked)


def test_a_write_without_an_answer_is_told_to_be_in_doubt(page: Browser, served: Serving) -> None:
    served.breaks = True
    _write(page, "doubtful", "1")
    lines = page.until("written", "No connection.").splitlines()
    assert lines[1] == "It may be written or not: read it, or write it again."


def test_the_key_stays_in_memory(page: Browser, served: Serving) -> None:
    url = page.driver.current_url
    _write(page, "an item", "1")
    page.until("written", "Written")
    assert page.driver.current_url == url
    assert page.driver.get_cookies() == []
    kept = "[localStorage, sessionStorage].map(s => s.length).concat(document.cookie.length)"
    assert page.evaluate(kept) == [0, 0, 0]
    assert KEY not in page.driver.page_source
    assert not any(KEY in line for line in served.asked)
    field = page.field("API key")
    assert field.get_dom_attribute("type") == "password"
    assert field.get_dom_attribute("autocomplete") == "off"
    page.driver.refresh()
    assert page.field("API key").get_property("value") == ""


def test_the_policy_lets_nothing_become_markup_or_script(page: Browser) -> None:
    with pytest.raises(JavascriptException, match="TrustedHTML"):
        page.evaluate("document.body.innerHTML = '<p>markup</p>'")
    page.evaluate(
        "(() => { const image = document.createElement('img'); image.src = 'https://example.com/';"
        "document.body.append(image); image.remove(); })()"
    )
    _eventually(lambda: any("Content Security Policy" in line for line in page.complaints()))


def test_all_can_be_done_from_the_keyboard(page: Browser, served: Serving) -> None:
    for number in range(6):
        served.write(str(number), "null")
    page.tab_to("Pause")
    page.press(Keys.SPACE)
    assert page.button("Resume").is_displayed()
    page.tab_to("ItemId")
    page.press("by keyboard")
    page.tab_to("Data")
    page.press("[true]")
    page.tab_to("API key")
    page.press(KEY)
    page.tab_to("Create only")
    page.press(Keys.SPACE)
    outline = "getComputedStyle(document.activeElement).outline"
    assert "solid 3px" in page.evaluate(outline), "the focus can be seen"
    page.tab_to("Write")
    page.press(Keys.ENTER)
    page.until("written", "Written")
    page.tab_to("Per page")
    page.press("5")
    page.tab_to("Read")
    page.press(Keys.ENTER)
    page.until("listed", "Page 1: 5 items")
    page.tab_to("Next")
    page.press(Keys.ENTER)
    page.until("listed", "Page 2: 2 items")
    assert page.driver.switch_to.active_element == page.button("Next"), "the focus stays"


def test_every_control_has_a_name_and_changes_are_announced(page: Browser) -> None:
    controls = page.driver.find_elements("css selector", "input, textarea, select, button")
    assert [c.get_dom_attribute("id") for c in controls if not c.accessible_name] == []
    live = page.evaluate("[...document.querySelectorAll('[aria-live=polite]')].map(e => e.id)")
    assert live == ["status", "written", "listed"]
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("width", [320, 390, 1100])
def test_nothing_is_wider_than_the_screen(page: Browser, served: Serving, width: int) -> None:
    served.write("without-a-break" * 20, json.dumps("x" * 500))
    page.emulate(width, "light")
    page.click("Read")
    page.until("listed", "1 item")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for name in ("Pause", "Write", "Read", "Next"):
        box = page.button(name).rect
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["height"] >= 24, "WCAG 2.2, 2.5.8"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_fields_stand_out(page: Browser, served: Serving, scheme: str) -> None:
    page.emulate(1100, scheme)
    with served.lost():
        page.until("status", "No answer")
        page.click("Write")
        faint = page.driver.execute_script(_CONTRAST)
    assert faint == []


def test_nothing_moves_for_those_who_prefer_it_so(page: Browser) -> None:
    duration = "getComputedStyle(document.querySelector('#strip i')).transitionDuration"
    assert page.evaluate(duration) != "0s"
    page.prefer("reduced-motion", "reduce")
    assert page.evaluate(duration) == "0s"


@pytest.mark.parametrize("missing", ["chromium", "chromedriver"])
def test_a_missing_browser_is_named_with_the_install_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in {"chromium", "chromedriver"} - {missing}:
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    says = f"{missing} is not on the PATH: apt-get install chromium chromium-driver"
    with pytest.raises(BrowserMissingError, match=says), browser(tmp_path / "profile"):
        pass
