"""Two reports side by side: what differs in their settings, and in each figure."""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.measure.figure import Figure
from infra.report import Report

_ABSENT = "(none)"


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting or a version that is not the same in both."""

    name: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.name}: {self.before} -> {self.after}"


@dataclass(frozen=True, slots=True)
class Pair:
    """A figure of both reports; None where one has no such figure."""

    name: str
    before: Figure | None
    after: Figure | None

    @property
    def change(self) -> float | None:
        """The second less the first; None unless both came about."""
        if self.before is None or self.before.value is None:
            return None
        if self.after is None or self.after.value is None:
            return None
        return self.after.value - self.before.value


def settings(before: Report, after: Report) -> list[Difference]:
    """Return what differs of what the figures depend on, the sort of run included."""
    return _differences(
        {"run": before.kind, **before.settings}, {"run": after.kind, **after.settings}
    )


def versions(before: Report, after: Report) -> list[Difference]:
    """Return what differs of what the runs were made with."""
    return _differences(before.versions, after.versions)


def figures(before: Report, after: Report) -> list[Pair]:
    """Return every figure that one of them has, in their order."""
    first = {figure.name: figure for figure in before.figures}
    second = {figure.name: figure for figure in after.figures}
    return [Pair(name, first.get(name), second.get(name)) for name in {**first, **second}]


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[Difference]:
    return [
        Difference(name, before.get(name, _ABSENT), after.get(name, _ABSENT))
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    ]
