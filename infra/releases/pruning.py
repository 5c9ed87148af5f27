"""Deletes old versions: each costs storage, and with SnapStart the cache of its picture."""

from collections.abc import Iterable, Sequence

from infra.errors import InfraError
from infra.releases.functions import Alias, Functions, Version


def prune(regions: Iterable[Functions], kinds: Sequence[str], keep: int) -> list[str]:
    """Keep the newest versions of each function; return what could not be deleted, in words.

    Kept besides are what the alias names and what its release would go back to.
    """
    problems = []
    for functions in regions:
        for kind in kinds:
            try:
                for number in _superfluous(functions.alias(kind), functions.versions(kind), keep):
                    functions.delete(kind, number)
            except InfraError as error:
                problems.append(str(error))
    return problems


def _superfluous(alias: Alias, versions: Sequence[Version], keep: int) -> list[str]:
    needed = {alias.version, *alias.weights}
    if alias.mark is not None:
        needed |= {alias.mark.old, alias.mark.new}
    return [version.number for version in versions[keep:] if version.number not in needed]
