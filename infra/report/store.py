"""The folder of reports: the last runs are kept, and what anybody else put there."""

import contextlib
import os
import re
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from infra.errors import InfraError
from infra.report import Report, machine, page

# A month of working days; a page and its JSON are some 0.6 MB.
KEPT = 20

# Which runs were written here: only those are ever removed, whatever else has such a name.
_INDEX = ".runs"
_NAME = re.compile(r"(?:rehearsal|drill)-(?P<began>\d{8}T\d{6}Z)(?:-(?P<number>\d+))?")


@dataclass(frozen=True)
class Store:
    """A folder of reports.

    Attributes:
        folder: where it is.
        keep: how many of the runs that were written here stay.
    """

    folder: Path
    keep: int = KEPT

    def require_writable(self) -> None:
        """Find out before a run, not after it, that nothing can be put there; leave no trace.

        Raises:
            InfraError: nothing can.
        """
        made = [path for path in (self.folder, *self.folder.parents) if not path.exists()]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
            for path in made:
                path.rmdir()
        except OSError as error:
            raise InfraError(
                f"no report can be written to {self.folder} ({error.strerror}): give another "
                "folder with --reports"
            ) from error

    def write(self, report: Report) -> Path:
        """Write a report's page and its JSON, remove the oldest runs; return the page's path."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = self._free_name(report)
        path = self.folder / f"{name}.html"
        with (self.folder / _INDEX).open("a") as index:
            index.write(f"{name}\n")
        _write(path.with_suffix(".json"), machine.render(report))
        _write(path, page.render(report))
        self._remove_oldest()
        return path

    def last_runs(self) -> list[Path]:
        """Return the JSON of the runs that are there, the newest last."""
        found = {path: _NAME.fullmatch(path.stem) for path in self.folder.glob("*.json")}
        runs = [(m["began"], int(m["number"] or 1), path) for path, m in found.items() if m]
        return [path for *_, path in sorted(runs)]

    def find(self, name: str) -> Path:
        """Return the JSON of a run, by its path or its name here, whatever its extension.

        Raises:
            InfraError: there is none.
        """
        given = Path(name)
        for path in (given, self.folder / name):
            for candidate in (path.with_suffix(".json"), path.with_name(f"{path.name}.json")):
                if candidate.is_file():
                    return candidate
        there = ", ".join(path.stem for path in self.last_runs()) or "none"
        raise InfraError(f"there is no report {name}; runs in {self.folder}: {there}")

    def _free_name(self, report: Report) -> str:
        began = datetime.fromisoformat(report.began)
        name = f"{report.kind}-{began:%Y%m%dT%H%M%SZ}"
        names = (name, *(f"{name}-{number}" for number in range(2, 1000)))
        taken = {path.stem for path in self.folder.iterdir()}
        return next(name for name in names if name not in taken)

    def _remove_oldest(self) -> None:
        index = self.folder / _INDEX
        names = [name for name in index.read_text().splitlines() if _NAME.fullmatch(name)]
        for name in names[: -self.keep]:
            for suffix in (".html", ".json"):
                with contextlib.suppress(FileNotFoundError):
                    (self.folder / f"{name}{suffix}").unlink()
        _write(index, "".join(f"{name}\n" for name in names[-self.keep :]))


def _write(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
