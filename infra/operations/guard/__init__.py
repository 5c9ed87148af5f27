"""What a Terraform plan would lose for good: the table, a replica, their keys, the zone's answers.

Pure functions on the document that `terraform show -json PLAN` prints.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from infra.errors import InfraError
from infra.operations.guard import records, tables
from infra.operations.guard.plan import Change, Loss, changes_of
from infra.operations.guard.records import Names

__all__ = [
    "Loss",
    "changes",
    "losses",
    "require_allowed",
    "require_unprotected",
    "warnings",
]


def changes(plan: Mapping[str, Any]) -> list[str]:
    """Return a line for each resource that would change: what with, and its address."""
    signs = {
        ("create",): "create",
        ("update",): "update",
        ("delete",): "DESTROY",
        ("delete", "create"): "REPLACE",
        ("create", "delete"): "REPLACE",
        ("forget",): "forget",
    }
    return [f"{signs[c.actions]:8} {c.address}" for c in changes_of(plan) if c.actions in signs]


def losses(plan: Mapping[str, Any]) -> list[Loss]:
    """Return what the plan would destroy, or forget, of what can't be recovered."""
    found = list(changes_of(plan))
    keys = {arn for change in found for arn in tables.key_arns(change)}
    names = Names.of(found)
    destroyed = [loss for change in found for loss in _losses(change, keys, names)]
    return [*tables.forgotten(plan), *destroyed]


def warnings(plan: Mapping[str, Any]) -> list[str]:
    """Return what would be less guarded afterwards, though not lost."""
    return [
        f"{change.address}: {text}"
        for change in changes_of(plan)
        for text in tables.less_guarded(change)
    ]


def require_unprotected(plan: Mapping[str, Any]) -> None:
    """Refuse a plan that would destroy a table or a replica that AWS would refuse to delete.

    Terraform would find out in the middle, with all else destroyed.

    Raises:
        InfraError: it would; the text names each.
    """
    protected = [change.address for change in changes_of(plan) if tables.protected(change)]
    if protected:
        raise InfraError(
            f"protected from deletion, so nothing was changed: {', '.join(protected)}. Set "
            "deletion_protection = false, apply that, and call again"
        )


def require_allowed(found: Sequence[Loss], allowed: Iterable[str]) -> None:
    """Refuse a plan that would lose what was not named.

    Raises:
        InfraError: it would; or what was named is nothing that it would lose.
    """
    names = {loss.name for loss in found}
    allowed = set(allowed)
    if strange := sorted(allowed - names):
        told = (
            f"what it would lose: {', '.join(sorted(names))}" if names else "it would lose nothing"
        )
        raise InfraError(
            f"--allow-destroy {' '.join(strange)}: the plan loses nothing of that name; {told}"
        )
    refused = [loss for loss in found if loss.name not in allowed]
    if refused:
        told = "\n  ".join(str(loss) for loss in refused)
        options = " ".join(f"--allow-destroy '{loss.name}'" for loss in refused)
        raise InfraError(
            f"the plan would lose what can't be recovered, so nothing was applied:\n  {told}\n"
            f"If that is wanted, say so by name: {options}"
        )


def _losses(change: Change, table_keys: set[str], names: Names) -> Iterator[Loss]:
    yield from tables.losses(change, table_keys)
    yield from records.losses(change, names)
