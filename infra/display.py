"""What a terminal is shown: progress, as a live line or plain lines elsewhere, and tables."""

import contextlib
import time
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

# Elsewhere than on a terminal, a line for each change would flood a log.
_PLAIN_SECONDS = 5.0


def table(
    words: Sequence[str] = (), numbers: Sequence[str] = (), remarks: Sequence[str] = ()
) -> Table:
    """Return an empty table without lines: columns of words, then of numbers, then of remarks."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in words:
        made.add_column(name)
    for name in numbers:
        made.add_column(name, justify="right")
    for name in remarks:
        made.add_column(name)
    return made


class Display:
    """What a command tells the person who runs it, with the seconds since it began.

    Args:
        console: where to; standard output by default.
    """

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)
        self._start = time.monotonic()
        self._status = self.console.status("")
        self._last_plain = 0.0

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Announce a step, and show what happens in it."""
        self.console.print(f"[bold]{self._elapsed()}[/bold] {escape(title)}")
        if not self.console.is_terminal:
            yield
            return
        self._status.update(escape(title))
        with self._status:
            yield

    def note(self, text: str) -> None:
        """Say something that stays on the screen."""
        self.console.print(f"[dim]{self._elapsed()}[/dim]   {escape(text)}")

    def update(self, text: str) -> None:
        """Say what is going on just now; a later update takes its place."""
        if self.console.is_terminal:
            self._status.update(f"{self._elapsed()} {escape(text)}")
        elif time.monotonic() - self._last_plain >= _PLAIN_SECONDS:
            self._last_plain = time.monotonic()
            self.note(text)

    def _elapsed(self) -> str:
        seconds = int(time.monotonic() - self._start)
        return f"{seconds // 60}:{seconds % 60:02d}"
