"""`python -m tests.page.screenshots`: what the page looks like during a failover, into reports/."""

import base64
import tempfile
import time
from pathlib import Path

import click

from infra import ROOT
from tests.page.browser import Browser, browser
from tests.page.serving import KEY, Serving, serving

_FOLDER = ROOT / "reports"
_WIDTHS = (1100, 390)
_SCHEMES = ("light", "dark")
_ITEMS = {
    "greeting": '{"text": "hello", "languages": ["en"]}',
    "measurement": '{"celsius": 21.50, "exact": 12345678901234567890}',
    "order/2041": '{"lines": [{"sku": "A-17", "count": 3}, {"sku": "C-02", "count": 1}]}',
    "nothing": "null",
    "caf\u00e9 \u0394": '"\u03c0"',
    "a-long-name-" + "without-a-break-" * 4: "[" + ", ".join(map(str, range(90))) + "]",
}


def main() -> None:
    """Play a failover before the page, and take a picture of it on each width and scheme."""
    _FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="screenshots-") as scratch,
        serving() as served,
        browser(Path(scratch, "profile")) as page,
    ):
        for item_id, data in _ITEMS.items():
            served.write(item_id, data)
        _play(page, served)
        for width in _WIDTHS:
            for scheme in _SCHEMES:
                _take(page, width, scheme)


def _play(page: Browser, served: Serving) -> None:
    page.open(served.url)
    page.until("status", "us-east-1 answers")
    time.sleep(14)
    with served.lost():
        time.sleep(8)
        served.region = "us-west-2"
    page.until("status", "us-west-2 answers")
    time.sleep(12)
    page.fill("ItemId", "measurement")
    page.fill("Data", '{"celsius": 21.5')
    page.click("Write")
    page.fill("API key", KEY[:-1])
    page.fill("Data", '{"celsius": 21.5}')
    page.click("Write")
    page.until("written", "Forbidden")
    page.fill("Data", '{"celsius": 21.5')
    page.choose("Per page", "5")
    page.click("Read")
    page.until("listed", "5 items")


def _take(page: Browser, width: int, scheme: str) -> None:
    page.emulate(width, scheme)
    time.sleep(0.5)
    picture = page.driver.execute_cdp_cmd(
        "Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True}
    )
    path = _FOLDER / f"page-{width}-{scheme}.png"
    path.write_bytes(base64.b64decode(picture["data"]))
    click.echo(path)


if __name__ == "__main__":
    main()
