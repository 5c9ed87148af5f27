"""The report of a rehearsal or a drill: one account, shown on a terminal, as HTML and as JSON."""

from dataclasses import dataclass

from infra.measure import Figure, Roles
from infra.promise import Promise
from infra.timeline import Timeline


@dataclass(frozen=True)
class Report:
    """What is to be told of one run.

    Attributes:
        title: what was done.
        began: when, as ISO 8601 in UTC.
        settings: what the reader must know of the configuration, in words.
        roles: which region was cut, and which took over.
        promise: what the configuration promises.
        figures: what was measured; empty if the region was not cut.
        problems: what went wrong, in words.
        limits: what this kind of run can't show.
        timeline: what happened.
    """

    title: str
    began: str
    settings: list[str]
    roles: Roles
    promise: Promise
    figures: list[Figure]
    problems: list[str]
    limits: list[str]
    timeline: Timeline

    @property
    def passed(self) -> bool:
        """Whether the region was cut, every promise kept and nothing went wrong."""
        return (
            bool(self.figures) and not self.problems and all(figure.kept for figure in self.figures)
        )

    @property
    def verdict(self) -> str:
        """The report in a sentence."""
        if self.passed:
            return f"{self.roles.standby} took over within the promised time, and no write was lost"
        broken = [figure.name for figure in self.figures if not figure.kept]
        if broken:
            return f"outside the promise: {', '.join(broken)}"
        return "the region was not cut" if not self.figures else "something went wrong"
