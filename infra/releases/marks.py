"""What a release writes into an alias's description, for its successor and for people."""

import enum
import re
from dataclasses import dataclass, replace

# https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html
_LONGEST = 256
LONGEST_BY = 64


class Step(enum.StrEnum):
    """How far a release is with one alias."""

    WAITING = "waiting"
    CANARY = "canary"
    PROMOTED = "promoted"
    RELEASED = "released"
    ROLLED_BACK = "rolled back"


_UNDER_WAY = frozenset({Step.WAITING, Step.CANARY, Step.PROMOTED})
_FORM = re.compile(
    rf"(?P<step>{'|'.join(Step)}): (?P<old>\d+) to (?P<new>\d+), "
    r"release (?P<release>\S+) by (?P<by>\S+?)(?:: (?P<why>.*))?"
)


@dataclass(frozen=True)
class Mark:
    """One alias's part in a release.

    Attributes:
        step: how far it is.
        old: the version that served before.
        new: the version that is released.
        release: which release: when it began, as 20261125T031500Z.
        by: which run drives it, as user@host/1f3a: a run tells its own marks from all others by it.
        why: why it was rolled back.
    """

    step: Step
    old: str
    new: str
    release: str
    by: str
    why: str = ""

    @classmethod
    def parse(cls, description: str) -> "Mark | None":
        """Read a description; None if it is no release's."""
        found = _FORM.fullmatch(description)
        if found is None:
            return None
        old, new, release, by = found["old"], found["new"], found["release"], found["by"]
        return cls(Step(found["step"]), old, new, release, by, found["why"] or "")

    @property
    def under_way(self) -> bool:
        """Whether the release has not ended."""
        return self.step in _UNDER_WAY

    def at(self, step: Step, why: str = "") -> "Mark":
        """Return the mark of another step of the same release."""
        return replace(self, step=step, why=why)

    def __str__(self) -> str:
        by = re.sub(r"\s+", "_", self.by)[:LONGEST_BY]
        why = re.sub(r"\s+", " ", f": {self.why}" if self.why else "")
        text = f"{self.step}: {self.old} to {self.new}, release {self.release} by {by}{why}"
        return text[:_LONGEST]
