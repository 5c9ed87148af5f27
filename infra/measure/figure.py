"""A line of a report: what was measured, and the range that the configuration promises for it."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from infra.promise import Range

NONE = Range(0, 0)
_SHARES = {"p50": 0.50, "p99": 0.99, "max": 1.00}


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report.

    Attributes:
        name: what was measured.
        value: seconds or a count; None if it never came about.
        unit: "s" or "".
        promised: the range that the value must be in; None where nothing is promised.
    """

    name: str
    value: float | None
    unit: str
    promised: Range | None

    @property
    def kept(self) -> bool:
        """Whether the promise was kept; true where there is none."""
        return self.promised is None or (self.value is not None and self.value in self.promised)


@dataclass(frozen=True, slots=True)
class Missing:
    """Acknowledged writes that a region did not hold, by their ids; None where nobody could look.

    Attributes:
        in_standby: after the standby had taken over.
        in_primary: after all was healed.
    """

    in_standby: Sequence[str] | None
    in_primary: Sequence[str] | None


def count(name: str, value: float, promised: Range | None = None) -> Figure:
    """Return how many there were."""
    return Figure(name, value, "", promised)


def since(name: str, start: float, at: float | None, promised: Range | None) -> Figure:
    """Return the seconds from a start to when something came about, if it did."""
    return Figure(name, None if at is None else at - start, "s", promised)


def spread(name: str, seconds: Iterable[float], promised: Range | None) -> Iterator[Figure]:
    """Yield the median, the 99th percentile and the longest of some waits."""
    waits = list(seconds)
    for label, share in _SHARES.items():
        yield Figure(f"{name}, {label}", quantile(waits, share), "s", promised)


def lost_writes(where: str, item_ids: Sequence[str] | None) -> Figure:
    """Return how many acknowledged writes are missing, of which none may be."""
    return Figure(f"missing in {where}", None if item_ids is None else len(item_ids), "", NONE)


def quantile(values: Iterable[float], q: float) -> float | None:
    """Return the smallest value that at least the share q of the values do not exceed.

    None if there are no values, or if it is infinite: then it never came about.
    """
    ordered = sorted(values)
    if not ordered:
        return None
    found = ordered[max(0, math.ceil(q * len(ordered)) - 1)]
    return None if math.isinf(found) else found
