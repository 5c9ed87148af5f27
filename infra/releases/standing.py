"""How the aliases and the kept versions stand, in lines for a person."""

from collections.abc import Iterator

from infra.releases.functions import Alias, Functions, Version


def lines(functions: Functions, kind: str) -> Iterator[str]:
    """Yield a line for an alias, and one for each kept version of its function.

    Raises:
        InfraError: Lambda refuses, or can't be reached.
    """
    alias = functions.alias(kind)
    shares = "".join(f", {v} gets {share:.0%}" for v, share in alias.weights.items())
    yield f"{alias} serves version {alias.version}{shares}; {alias.mark or 'no release is known'}"
    for version in functions.versions(kind):
        yield f"  {_sign(alias, version)} {_told(version)}"


def _sign(alias: Alias, version: Version) -> str:
    if version.number == alias.version:
        return "*"
    return "%" if version.number in alias.weights else " "


def _told(version: Version) -> str:
    state = "" if version.state == "Active" else f"  {version.state} {version.reason}".rstrip()
    at = f"{version.published:%Y-%m-%d %H:%M} UTC"
    return f"{version.number:>4}  code {version.code[:8]}  published {at}{state}"
