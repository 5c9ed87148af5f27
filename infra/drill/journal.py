"""What a drill must undo, on disk before it is done.

The file lies beside the deployment's and is there for as long as something is to be undone: by the
drill itself, by its guardian, or by `python -m infra drill --undo`.
"""

import json
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.drill.change import Change, from_document
from infra.errors import InfraError

_FORMAT = 1
# AWS may be hard to reach just now: so long are more attempts made, so far apart.
_PATIENCE = 120.0
_APART = 5.0


@dataclass(frozen=True)
class Journal:
    """The journal of one stack.

    Attributes:
        path: its file.
    """

    path: Path

    @classmethod
    def of(cls, folder: Path, stack: str) -> "Journal":
        """Return a stack's journal, in the folder of its deployment's file."""
        return cls(folder / f"{stack}.drill")

    @property
    def open(self) -> bool:
        """Whether something is to be undone."""
        return self.path.exists()

    def begin(self, change: Change) -> None:
        """Note what must be undone, so that it survives this machine's sudden end.

        Raises:
            InfraError: another drill's is there, or nothing can be written.
        """
        document = {
            "format": _FORMAT,
            "began": datetime.now(UTC).isoformat(timespec="seconds"),
            "by": f"process {os.getpid()} on {platform.node()}",
            "change": change.document(),
        }
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._create(json.dumps(document, indent=1) + "\n")
        except OSError as error:
            raise InfraError(
                f"what is to be undone can't be written to {self.path} ({error.strerror}), so "
                "nothing was changed"
            ) from error

    def _create(self, text: str) -> None:
        try:
            file = self.path.open("x")
        except FileExistsError as error:
            raise InfraError(
                f"{self.path} is there: {self.describe()}. `python -m infra drill --undo` ends it"
            ) from error
        try:
            with file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            _sync(self.path.parent)
        except OSError:
            # Half of one would stand in the way of every drill to come.
            self.path.unlink(missing_ok=True)
            raise

    def describe(self) -> str:
        """Say whose it is and what it holds."""
        document = self._read()
        change = self.change()
        who = f"{document['by']} at {document['began']}"
        return f"a drill was begun by {who}; {change.undone_by} undoes it"

    def change(self) -> Change:
        """Return what is to be undone.

        Raises:
            InfraError: there is nothing, or it can't be read.
        """
        document = self._read()
        try:
            return from_document(document["change"])
        except (KeyError, TypeError) as error:
            raise InfraError(
                f"{self.path} is damaged ({type(error).__name__}: {error}): undo by hand what it "
                "names, then delete it"
            ) from error

    def undo(
        self,
        told: Callable[[str], None],
        change: Change | None = None,
        patience: float = _PATIENCE,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        """Undo what is noted, however often it takes, and close the journal.

        Does nothing if it is closed. Safe to call twice, and from two processes at once.

        Args:
            told: called with a line about what is going on.
            change: what is noted, where that is known; read from the file otherwise.
            patience: seconds for which more attempts are made.
            pause: waits for so many seconds.

        Raises:
            InfraError: AWS still refuses when the patience is over; the journal stays.
        """
        if not self.open:
            return
        change = change or self.change()
        deadline = time.monotonic() + patience
        while True:
            try:
                change.undo()
            except InfraError as error:
                if time.monotonic() >= deadline:
                    raise InfraError(
                        f"THE FAULT IS STILL THERE: {error}. `python -m infra drill --undo` tries "
                        f"again; what it calls is {change.undone_by}"
                    ) from error
                told(f"not undone yet, trying again: {error}")
                pause(_APART)
                continue
            self.path.unlink(missing_ok=True)
            told(f"undone: {change.undone_by}")
            return

    def _read(self) -> dict[str, Any]:
        try:
            document = json.loads(self.path.read_text())
        except FileNotFoundError as error:
            raise InfraError(f"{self.path} is not there: there is no drill to undo") from error
        except (OSError, ValueError) as error:
            raise InfraError(f"{self.path} can't be read: {error}") from error
        if not isinstance(document, dict) or document.get("format") != _FORMAT:
            raise InfraError(f"{self.path} is no journal of a drill that is known here")
        return document


def _sync(folder: Path) -> None:
    """See that a new file's name is on disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
