"""Whether what is known of a new version speaks against it. Pure functions of samples."""

from dataclasses import dataclass

from infra.releases.samples import Sample

# A second failure is no accident, however few requests there were.
_FAILURES_THAT_COUNT = 2


@dataclass(frozen=True)
class Limits:
    """What is too bad, if the old version is not as bad in the same time.

    Attributes:
        error_rate: share of requests that may fail, 0 to 1.
        p99: milliseconds that 99 of 100 requests may take.
        requests: how many a rate or a p99 takes to be believed.
    """

    error_rate: float
    p99: float
    requests: int


def objection(new: Sample, old: Sample, limits: Limits) -> str | None:
    """Return what speaks against the new version, in words; None if nothing does.

    Where the old version does as badly, the new one is not to blame: alarms see to that.
    """
    enough = new.invocations >= limits.requests
    if (enough or new.failed >= _FAILURES_THAT_COUNT) and new.rate > max(
        limits.error_rate, old.rate
    ):
        return (
            f"{new.failed} of {new.invocations} requests failed ({new.rate:.1%}; at most "
            f"{limits.error_rate:.1%} may, and {old.rate:.1%} of the old version's did)"
        )
    if enough and new.p99 is not None and new.p99 > max(limits.p99, old.p99 or 0.0):
        before = "unknown" if old.p99 is None else f"{old.p99:.0f} ms"
        return (
            f"p99 is {new.p99:.0f} ms (at most {limits.p99:.0f} ms; the old version's is {before})"
        )
    return None
