"""What a release does to each alias: chosen from the published versions, or read from the marks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from infra.errors import InfraError
from infra.releases.functions import Alias, Functions, Version
from infra.releases.marks import Mark, Step

_FINISH = (
    "`python -m infra release --resume` goes on with it, `--rollback` takes it back; `--status` "
    "shows how far it is"
)


@dataclass(frozen=True)
class Move:
    """One alias and the release that it is in.

    Attributes:
        functions: the region's functions.
        alias: as it was read, or moved, last.
        mark: its part in the release.
    """

    functions: Functions
    alias: Alias
    mark: Mark

    def __str__(self) -> str:
        return f"{self.alias}: {self.mark.old} to {self.mark.new}"


def require_settled(aliases: Iterable[Alias]) -> None:
    """Refuse to begin while another release has not ended.

    Raises:
        InfraError: one is under way, or somebody has given a version a share by hand.
    """
    for why in map(unsettled, aliases):
        if why is not None:
            raise InfraError(why)


def unsettled(alias: Alias) -> str | None:
    """Return why no release may begin with an alias, in words; None if one may."""
    if alias.mark is not None and alias.mark.under_way:
        return f"{alias} is in a release that has not ended ({alias.mark}). {_FINISH}"
    if set(alias.weights.values()) == {1.0}:
        [kept] = alias.weights
        return (
            f"{alias} stays at version {kept} until Lambda has as much ready of version "
            f"{alias.version}, as it has provisioned concurrency: try again in some minutes; "
            "`python -m infra release --rollback` ends it, if it does not end"
        )
    if alias.weights:
        shares = ", ".join(f"{v}: {share:.0%}" for v, share in alias.weights.items())
        return (
            f"{alias} shares its traffic ({shares}), and no release did that: "
            "`python -m infra release --rollback` ends it"
        )
    return None


def to_newest(
    regions: Sequence[Functions], kinds: Iterable[str], release: str, by: str
) -> list[Move]:
    """Return the moves that bring the newest versions to clients, in the order of the regions."""
    moves = []
    for functions in regions:
        for kind in kinds:
            alias, newest = functions.alias(kind), functions.versions(kind)[0].number
            if newest != alias.version:
                mark = Mark(Step.WAITING, alias.version, newest, release, by)
                moves.append(Move(functions, alias, mark))
    return moves


def require_not_rolled_back(moves: Iterable[Move]) -> None:
    """Refuse to release once more what was rolled back.

    Raises:
        InfraError: one of the moves would.
    """
    for move in moves:
        last = move.alias.mark
        if last is not None and last.step is Step.ROLLED_BACK and last.new == move.mark.new:
            raise InfraError(
                f"version {move.mark.new} of {move.alias} was rolled back by {last.by}"
                f"{f' ({last.why})' if last.why else ''}: fix it and apply, which makes another "
                "version, or give --again"
            )


def under_way(regions: Sequence[Functions], kinds: Iterable[str], by: str) -> list[Move]:
    """Return the moves of a release that has not ended, in the order of the regions.

    Those that it has finished with are among them, since the others may not be. They are somebody
    else's from now on: whoever drove the release, and may do so yet, finds that out.

    Raises:
        InfraError: none is under way; or it is one that is being rolled back.
    """
    kinds = tuple(kinds)
    moves = [
        Move(functions, alias, replace(alias.mark, by=by))
        for functions in regions
        for alias in map(functions.alias, kinds)
        if alias.mark is not None
    ]
    unfinished = {move.mark.release for move in moves if move.mark.under_way}
    if not unfinished:
        raise InfraError("no release is under way, so there is nothing to resume")
    mine = [move for move in moves if move.mark.release in unfinished]
    if len(unfinished) > 1 or any(move.mark.step is Step.ROLLED_BACK for move in mine):
        raise InfraError(
            "a rollback of it was begun: `python -m infra release --rollback` completes that"
        )
    return mine


def unfinished(aliases: Sequence[Alias]) -> list[Alias]:
    """Return the aliases that a release has left half-way, or that share traffic by hand."""
    releases = {a.mark.release for a in aliases if a.mark is not None and a.mark.under_way}
    return [
        alias
        for alias in aliases
        if alias.weights
        or (
            alias.mark is not None
            and alias.mark.release in releases
            and alias.mark.step is not Step.ROLLED_BACK
        )
    ]


def back(alias: Alias, versions: Sequence[Version], code: str | None) -> str:
    """Return the version that an alias goes back to.

    Args:
        alias: the alias.
        versions: those that are kept, the newest first.
        code: how the version's code begins; None for the version that served before.

    Raises:
        InfraError: there is none.
    """
    if code is None:
        return _before(alias, versions)
    found = [version.number for version in versions if version.code.startswith(code)]
    if not found:
        kept = ", ".join(f"{version.number} ({version.code[:8]})" for version in versions)
        raise InfraError(f"no version of {alias} with code {code} is kept: there are {kept}")
    # Of two with the same code, which differ in their settings, the one that does not serve.
    return next((number for number in found if number != alias.version), alias.version)


def _before(alias: Alias, versions: Sequence[Version]) -> str:
    mark = alias.mark
    if mark is None or mark.step is Step.ROLLED_BACK:
        said = f"it has gone back already ({mark})" if mark else "no release is known of it"
        raise InfraError(
            f"{alias}: which version to go back to is not known, as {said}: name one with --to, "
            "by its code as `python -m infra release --status` shows it"
        )
    if mark.old not in {version.number for version in versions}:
        raise InfraError(
            f"version {mark.old} of {alias}, which served before, is no longer kept: name another "
            "with --to"
        )
    return mark.old


def by_region(moves: Iterable[Move]) -> Mapping[str, list[Move]]:
    """Return the moves of each region, in their order."""
    grouped: dict[str, list[Move]] = {}
    for move in moves:
        grouped.setdefault(move.alias.region, []).append(move)
    return grouped
