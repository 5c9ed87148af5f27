"""Versions to release in a rehearsal: one small file each, laid into the app as it is packaged.

Each file's `install` is called with the app at the end of app.py. It is on its own there, without
anything of infra/.
"""

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

_HERE = Path(__file__).parent
_MODULE = "candidate"


@dataclass(frozen=True)
class Candidate:
    """A version to release.

    Attributes:
        name: what it is called on the command line.
        does: what is different about it, in words.
        good: whether it must be released; if not, clients must be taken back.
    """

    name: str
    does: str
    good: bool

    def lay_into(self, root: Path) -> None:
        """Make it the app of a copy of the project, in place of an earlier candidate."""
        source = _HERE / f"{self.name.replace('-', '_')}.py"
        (root / "chalicelib" / f"{_MODULE}.py").write_text(source.read_text())
        app = root / "app.py"
        call = f"\nfrom chalicelib import {_MODULE}\n\n{_MODULE}.install(app)\n"
        if call not in app.read_text():
            with app.open("a") as file:
                file.write(call)


CANDIDATES = MappingProxyType(
    {
        candidate.name: candidate
        for candidate in (
            Candidate("good", "is another package, and no other app", good=True),
            Candidate("bad-import", "imports what is not in its package", good=False),
            Candidate("errors", "answers 500 for one item in twenty", good=False),
            Candidate("slow", "takes 1.5 s longer for every request", good=False),
        )
    }
)
