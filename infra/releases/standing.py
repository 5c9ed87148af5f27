"""How the aliases and the kept versions stand, for people and for machines."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from infra.errors import InfraError
from infra.functions import KINDS
from infra.releases import moves
from infra.releases.functions import Alias, Functions, Version
from infra.releases.marks import Mark


@dataclass(frozen=True)
class Standing:
    """How one function stands in one region.

    Attributes:
        kind: which function: read or write.
        region: where.
        alias: what its alias says; None if that can't be read.
        versions: those that are kept, the newest first.
        problem: what is not as it should be, in words; None if nothing.
    """

    kind: str
    region: str
    alias: Alias | None
    versions: Sequence[Version]
    problem: str | None


def look(regions: Iterable[Functions]) -> list[Standing]:
    """Return how both functions stand in each region, in the order of the regions."""
    return [_look(functions, kind) for functions in regions for kind in KINDS]


def _look(functions: Functions, kind: str) -> Standing:
    alias = None
    try:
        alias = functions.alias(kind)
        versions = functions.versions(kind)
    except InfraError as error:
        return Standing(kind, functions.region, alias, (), str(error))
    return Standing(kind, functions.region, alias, versions, moves.unsettled(alias))


def lines(standings: Sequence[Standing]) -> Iterator[str]:
    """Yield for a person a line for each alias, one for each version, and what is wrong."""
    for standing in standings:
        if standing.alias is not None:
            yield from _lines(standing.alias, standing.versions)
    yield from (f"NOT AS IT SHOULD BE: {problem}" for problem in problems(standings))


def problems(standings: Iterable[Standing]) -> list[str]:
    """Return what is not as it should be, once where it is the same of both functions."""
    return list(dict.fromkeys(found.problem for found in standings if found.problem is not None))


def document(stack: str, standings: Sequence[Standing]) -> dict[str, Any]:
    """Return it for machines."""
    found = problems(standings)
    return {
        "stack": stack,
        "settled": not found,
        "problems": found,
        "functions": [_document(standing) for standing in standings],
    }


def _lines(alias: Alias, versions: Iterable[Version]) -> Iterator[str]:
    shares = "".join(f", {v} gets {share:.0%}" for v, share in alias.weights.items())
    yield f"{alias} serves version {alias.version}{shares}; {alias.mark or 'no release is known'}"
    for version in versions:
        yield f"  {_sign(alias, version)} {_told(version)}"


def _sign(alias: Alias, version: Version) -> str:
    if version.number == alias.version:
        return "*"
    return "%" if version.number in alias.weights else " "


def _told(version: Version) -> str:
    state = "" if version.state == "Active" else f"  {version.state} {version.reason}".rstrip()
    at = f"{version.published:%Y-%m-%d %H:%M} UTC"
    return f"{version.number:>4}  code {version.code[:8]}  published {at}{state}"


def _document(standing: Standing) -> dict[str, Any]:
    alias = standing.alias
    return {
        "function": standing.kind,
        "region": standing.region,
        "version": None if alias is None else alias.version,
        "weights": {} if alias is None else dict(alias.weights),
        "release": None if alias is None or alias.mark is None else _release(alias.mark),
        "versions": [
            {
                "version": version.number,
                "code": version.code,
                "published": version.published.isoformat(),
                "state": version.state,
                "reason": version.reason,
            }
            for version in standing.versions
        ],
        "problem": standing.problem,
    }


def _release(mark: Mark) -> dict[str, str]:
    return {
        "name": mark.release,
        "step": mark.step,
        "old": mark.old,
        "new": mark.new,
        "by": mark.by,
        "why": mark.why,
    }
