"""The resources that a plan changes, as `terraform show -json PLAN` prints it.

https://developer.hashicorp.com/terraform/internals/json-format
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Loss:
    """Something that an apply would destroy.

    Attributes:
        name: how --allow-destroy names it.
        what: what would happen, in words.
        way_out: how to go on without it.
    """

    name: str
    what: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what}. {self.way_out}"


@dataclass(frozen=True)
class Change:
    """One resource of a plan.

    Attributes:
        address: its own, in the configuration.
        type: such as aws_dynamodb_table.
        actions: what would be done, in order; see the page above.
        before: its values as they are; none of what is to be made.
        after: as they would be; none of what is to be destroyed.
        unknown: of those, the ones that only an apply can tell.
    """

    address: str
    type: str
    actions: tuple[str, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    unknown: Mapping[str, Any]

    @property
    def destroys(self) -> bool:
        """Whether what there is would be there no more, if only for a moment."""
        return "delete" in self.actions

    @property
    def left(self) -> Mapping[str, Any]:
        """What there is afterwards: what Terraform forgets stays as it is."""
        return self.before if self.actions == ("forget",) else self.after

    @property
    def verb(self) -> str:
        """What would become of it, in words, where that destroys it."""
        return "replaced, which destroys it first" if "create" in self.actions else "destroyed"


def changes_of(plan: Mapping[str, Any], kind: str = "resource_changes") -> Iterator[Change]:
    """Yield what a plan has of a kind: what it would change, or "resource_drift"."""
    for resource in plan.get(kind, []):
        if resource.get("mode", "managed") != "managed":
            continue
        change = resource["change"]
        yield Change(
            resource["address"],
            resource["type"],
            tuple(change["actions"]),
            change.get("before") or {},
            change.get("after") or {},
            change.get("after_unknown") or {},
        )


def blocks(values: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return the blocks of a name among a resource's values."""
    return list(values.get(name) or [])
