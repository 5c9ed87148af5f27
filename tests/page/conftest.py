"""The page, open in a browser, before the real routes on a real table."""

from collections.abc import Iterator

import pytest

from infra.rehearsal.emulator import Emulator
from tests.page.browser import Browser, browser
from tests.page.serving import Serving, serving


@pytest.fixture
def served(emulator: Emulator) -> Iterator[Serving]:
    """The routes on an empty table."""
    with serving(emulator) as served:
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
