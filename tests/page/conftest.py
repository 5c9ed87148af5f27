"""The page, open in a browser, before the real routes."""

from collections.abc import Iterator

import pytest

from tests.page.browser import Browser, browser
from tests.page.serving import Serving, serving


@pytest.fixture
def served() -> Iterator[Serving]:
    """The routes, served, without an item yet."""
    with serving() as served:
        yield served


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests that need no flags of their own."""
    with browser(tmp_path_factory.mktemp("chromium") / "profile") as started:
        yield started


@pytest.fixture
def page(chromium: Browser, served: Serving) -> Browser:
    """The page, just opened."""
    chromium.reset()
    chromium.open(served.url)
    chromium.until("status", "us-east-1 answers")
    chromium.until("listed", "Page 1")
    return chromium
