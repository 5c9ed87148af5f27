"""The browser that the tests look through."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from selenium.common.exceptions import TimeoutException
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

FAILED = "\u00d7"
"""What is on the cell of a poll that failed."""

_INSTALL = "apt-get install chromium chromium-driver"
_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_PATIENCE = 10.0


class BrowserMissingError(Exception):
    """No browser, or no driver for it, is installed."""


class Browser:
    """A page open in a browser, found by what a user calls its parts."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver

    def open(self, url: str) -> None:
        """Open a page, and note every breach of its policy from its first line on."""
        self.driver.get(url)

    def field(self, label: str) -> WebElement:
        """Return the field of a label."""
        found = self.driver.find_element(
            By.XPATH, f"//label[starts-with(normalize-space(), '{label}')]"
        )
        named = found.get_dom_attribute("for")
        return (
            self.driver.find_element(By.ID, named)
            if named
            else found.find_element(By.TAG_NAME, "input")
        )

    def fill(self, label: str, text: str) -> None:
        """Put text into a field, in place of what is there."""
        field = self.field(label)
        field.clear()
        field.send_keys(text)

    def choose(self, label: str, option: str) -> None:
        """Choose one of a field's options."""
        Select(self.field(label)).select_by_visible_text(option)

    def button(self, name: str) -> WebElement:
        """Return a button."""
        return self.driver.find_element(By.XPATH, f"//button[normalize-space()='{name}']")

    def click(self, name: str) -> None:
        """Click a button."""
        self.button(name).click()

    def press(self, *keys: str) -> None:
        """Type keys to whatever has the focus."""
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def tab_to(self, name: str, limit: int = 30) -> None:
        """Move the focus with the Tab key alone, to what a screen reader calls by this name."""
        passed = []
        for _ in range(limit):
            self.press(Keys.TAB)
            focused = self.driver.switch_to.active_element
            passed.append(focused.accessible_name)
            if passed[-1].startswith(name):
                return
        raise AssertionError(f"Tab does not reach {name!r}, only {passed}")

    def text(self, element: str) -> str:
        """Return the text of the element of an id, as it can be read."""
        return self.driver.find_element(By.ID, element).text

    def cells(self) -> list[str]:
        """Return the letter on each cell of the strip, oldest first."""
        letters = "[...document.querySelectorAll('#strip b')].map(b => b.textContent)"
        return [str(letter) for letter in self.evaluate(letters)]

    def rows(self, table: str) -> list[list[str]]:
        """Return the texts in the rows of a table's body."""
        texts = (
            f"[...document.querySelectorAll('#{table} tr')]"
            ".map(row => [...row.children].map(cell => cell.textContent))"
        )
        return [[str(text) for text in row] for row in self.evaluate(texts)]

    def evaluate(self, expression: str) -> Any:  # noqa: ANN401 -- any value of the page's
        """Return what an expression is on the page."""
        return self.driver.execute_script(f"return {expression}")

    def until(self, element: str, says: str, seconds: float = _PATIENCE) -> str:
        """Wait until the element of an id says something; return all that it says."""
        wait = WebDriverWait(self.driver, seconds, 0.05)
        try:
            wait.until(lambda _: says in self.text(element))
        except TimeoutException:
            said = self.text(element)
            raise TimeoutException(f"{element} never says {says!r}, but {said!r}") from None
        return self.text(element)

    def reset(self) -> None:
        """Show pages as on any screen again, and forget all complaints."""
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        self.complaints()

    def prefer(self, preference: str, value: str) -> None:
        """Have the user prefer something, such as reduced motion."""
        feature = {"name": f"prefers-{preference}", "value": value}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})

    def emulate(self, width: int, scheme: str) -> None:
        """Show the page on a screen of a width, as high as the page, in a colour scheme."""
        command = self.driver.execute_cdp_cmd
        self.prefer("color-scheme", scheme)
        screen = {"width": width, "deviceScaleFactor": 1, "mobile": width < 600}
        command("Emulation.setDeviceMetricsOverride", screen | {"height": 800})
        height = self.evaluate("document.documentElement.scrollHeight")
        command("Emulation.setDeviceMetricsOverride", screen | {"height": height})

    def complaints(self) -> list[str]:
        """Return what the browser's console has to complain about since the last call.

        Breaches of the page's policy and failed requests are among it.
        """
        return [entry["message"] for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def browser(profile: Path, *flags: str) -> Iterator[Browser]:
    """Start a browser with a profile of its own, and end it afterwards.

    Args:
        profile: an empty folder.
        flags: Chromium's own, beside those that every test needs.

    Raises:
        BrowserMissingError: it, or its driver, is not installed; the text says how to.
    """
    chromium, driver = (_installed(name) for name in ("chromium", "chromedriver"))
    options = Options()
    options.binary_location = chromium
    for flag in (*_FLAGS, *flags, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = Service(driver, log_output=str(profile.with_suffix(".log")))
    with Chrome(options, service) as started:
        yield Browser(started)


def _installed(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise BrowserMissingError(f"{name} is not on the PATH: {_INSTALL}")
    return path
