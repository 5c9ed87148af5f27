"""A deployment's two regions, as people call them: by their names or by their roles."""

from typing import Protocol, TypeVar

from infra.errors import InfraError


class Named(Protocol):
    """Whatever is known of a region."""

    @property
    def name(self) -> str:
        """Such as us-east-1."""


R = TypeVar("R", bound=Named)


def find(called: str, primary: R, standby: R, owner: str) -> R:
    """Return the region of a name, or of a role: primary, standby or secondary.

    Args:
        called: the name or the role.
        primary: the one of that role.
        standby: the other one.
        owner: whose they are, for the refusal.

    Raises:
        InfraError: it is none of them.
    """
    found = {
        "primary": primary,
        "standby": standby,
        "secondary": standby,
        primary.name: primary,
        standby.name: standby,
    }
    if called not in found:
        raise InfraError(
            f"{called!r} is no region of {owner}: use {primary.name} or {standby.name}"
        )
    return found[called]
