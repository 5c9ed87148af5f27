"""Pages as a browser would read them."""

import re
from html.parser import HTMLParser


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


def require_nothing_from_elsewhere(text: str) -> None:
    """Fail if a page would fetch or run anything."""
    elements = Elements(text)
    assert not {"script", "link", "img", "iframe", "base"} & set(elements.found)
    assert not {"src", "href", "srcset"} & {name for name, _ in elements.attributes}
    assert not re.search(r"https?:|//[a-z]|url\(|@import", text)
