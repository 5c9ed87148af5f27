"""The report of a rehearsal or a drill: one account, shown on a terminal, as HTML and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from infra.fault import Reaction
from infra.measure.figure import Figure
from infra.measure.roles import Roles
from infra.promise import Promise
from infra.timeline import Timeline

RunKind = Literal["rehearsal", "drill"]


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that a run can't show.

    Attributes:
        elsewhere: how it is where the run was not: on AWS, for a rehearsal.
        here: how it was in the run.
    """

    elsewhere: str
    here: str

    def __str__(self) -> str:
        return f"{self.elsewhere}; here: {self.here}"


@dataclass(frozen=True)
class Report:
    """What is to be told of one run.

    Attributes:
        kind: what sort of run it was.
        title: what was done.
        began: when, as ISO 8601 in UTC.
        settings: by name, what the figures depend on; two runs can be compared if theirs are alike.
        versions: by name, what the run was made with: of the project, of its tools, the machine.
        roles: which region was cut, and which took over.
        expected: what had to come of the fault.
        happened: what came of it; None if the region was not cut.
        promise: what the configuration promises; None if that is not known, or nothing.
        figures: what was measured; empty if the region was not cut.
        problems: what went wrong, in words.
        limits: what this kind of run can't show.
        timeline: what happened.
    """

    kind: RunKind
    title: str
    began: str
    settings: Mapping[str, str]
    versions: Mapping[str, str]
    roles: Roles
    expected: Reaction
    happened: Reaction | None
    promise: Promise | None
    figures: Sequence[Figure]
    problems: Sequence[str]
    limits: Sequence[Limit]
    timeline: Timeline

    def figure(self, name: str) -> Figure | None:
        """Return the first figure of a name, or of one that begins so and says of which region."""
        return next((figure for figure in self.figures if figure.name.startswith(name)), None)

    @property
    def passed(self) -> bool:
        """Whether what should happen happened, every promise was kept and nothing went wrong."""
        return (
            self.happened is self.expected
            and not self.problems
            and all(figure.kept for figure in self.figures)
        )

    @property
    def verdict(self) -> str:
        """The report in a sentence."""
        if self.happened is None:
            return "the region was not cut"
        if self.happened is not self.expected:
            return f"expected: {self.expected}; happened: {self.happened}"
        broken = [figure.name for figure in self.figures if not figure.kept]
        if broken:
            return f"outside the promise: {', '.join(broken)}"
        return "something went wrong" if self.problems else self._success()

    def _success(self) -> str:
        match self.expected:
            case Reaction.FAILS_OVER:
                promised = "" if self.promise is None else " within the promised time"
                how = f"{self.roles.standby} took over{promised}"
                if self.roles.bystanders:
                    how = f"{how}, its own clients noticed nothing"
            case Reaction.UNNOTICED:
                how = f"no client noticed the loss of {self.roles.primary}"
            case Reaction.MOVES:
                how = f"{self.roles.primary} was drained and refilled without a failed request"
            case Reaction.STAYS:
                how = f"{self.roles.primary} stayed in service"
            case Reaction.BOTH_DOWN:
                answered = "as before" if self.roles.named else self.roles.primary
                how = f"with both regions down DNS answered {answered}"
        return f"{how}, and no write was lost"
