"""What a Terraform plan would lose for good: the table, a replica, their keys, the zone's answers.

Pure functions on the document that `terraform show -json PLAN` prints:
https://developer.hashicorp.com/terraform/internals/json-format
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.errors import InfraError

_KEYS = frozenset({"aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key"})
_TABLES = frozenset({"aws_dynamodb_table", "aws_dynamodb_table_replica"})


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
class _Change:
    """One resource of a plan."""

    address: str
    type: str
    actions: tuple[str, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    unknown: Mapping[str, Any]

    @property
    def destroys(self) -> bool:
        return "delete" in self.actions

    @property
    def left(self) -> Mapping[str, Any]:
        """What there is afterwards: what Terraform forgets stays as it is."""
        return self.before if self.actions == ("forget",) else self.after

    @property
    def verb(self) -> str:
        return "replaced, which destroys it first" if "create" in self.actions else "destroyed"


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
    return [f"{signs[c.actions]:8} {c.address}" for c in _changes(plan) if c.actions in signs]


def losses(plan: Mapping[str, Any]) -> list[Loss]:
    """Return what the plan would destroy, or forget, of what can't be had back."""
    found = list(_changes(plan))
    keys = {arn for change in found for arn in _key_arns(change)}
    names = _Names.of(found)
    destroyed = [loss for change in found for loss in _losses(change, keys, names)]
    return [*_forgotten(plan), *destroyed]


def warnings(plan: Mapping[str, Any]) -> list[str]:
    """Return what would be less guarded afterwards, though not lost."""
    return [
        f"{change.address}: {text}"
        for change in _changes(plan)
        if change.type in _TABLES and change.actions == ("update",)
        for text in _less_guarded(change)
    ]


def require_unprotected(plan: Mapping[str, Any]) -> None:
    """Refuse a plan that would destroy a table or a replica that AWS would refuse to delete.

    Terraform would find out in the middle, with all else destroyed.

    Raises:
        InfraError: it would; the text names each.
    """
    protected = [
        change.address
        for change in _changes(plan)
        if change.type in _TABLES
        and change.destroys
        and change.before.get("deletion_protection_enabled")
    ]
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
            f"the plan would lose what can't be had back, so nothing was applied:\n  {told}\n"
            f"If that is wanted, say so by name: {options}"
        )


def _forgotten(plan: Mapping[str, Any]) -> Iterator[Loss]:
    """Yield the copies of the table that the state knows and Terraform does not find."""
    for change in _changes(plan, "resource_drift"):
        if change.type in _TABLES and change.destroys:
            yield Loss(
                change.address,
                "this copy of the table is not where Terraform looks for it: it would be forgotten "
                "where it is, and another made",
                "A change of a region does that, and moves nothing: put the old value back. What "
                "was deleted can be restored (docs/production.md)",
            )


def _changes(plan: Mapping[str, Any], kind: str = "resource_changes") -> Iterator[_Change]:
    for resource in plan.get(kind, []):
        if resource.get("mode", "managed") != "managed":
            continue
        change = resource["change"]
        yield _Change(
            resource["address"],
            resource["type"],
            tuple(change["actions"]),
            change.get("before") or {},
            change.get("after") or {},
            change.get("after_unknown") or {},
        )


def _losses(change: _Change, table_keys: set[str], names: "_Names") -> Iterator[Loss]:
    match change.type:
        case "aws_dynamodb_table":
            yield from _table_losses(change)
        case "aws_dynamodb_table_replica" if change.destroys:
            yield Loss(
                change.address,
                f"this copy of the table would be {change.verb}",
                "Without it the region has no data to serve",
            )
        case "aws_route53_zone" if change.destroys:
            yield Loss(
                change.address,
                f"the hosted zone {change.before.get('name')} would be {change.verb}, with every "
                "name in it",
                "A new one has other name servers, which the domain's registrar must be told",
            )
        case "aws_route53_record":
            yield from _record_losses(change, names)
        case kind if kind in _KEYS and change.destroys and change.before.get("arn") in table_keys:
            yield Loss(
                change.address,
                f"the key that encrypts the table would be {change.verb}: what is encrypted with "
                "it can't be read again, backups included",
                "`aws kms cancel-key-deletion` works while its waiting period lasts",
            )


def _table_losses(change: _Change) -> Iterator[Loss]:
    name = change.before.get("name")
    if change.destroys:
        yield Loss(
            change.address,
            f"the table {name} would be {change.verb}, with every item in it and in its replicas",
            "A change of its name or its key does that: put the old value back, or add a second "
            "table and copy",
        )
        return
    if change.actions != ("update",):
        return
    after = {replica.get("region_name"): replica for replica in _blocks(change.after, "replica")}
    for replica in _blocks(change.before, "replica"):
        region = replica["region_name"]
        label = f'{change.address}.replica["{region}"]'
        if region not in after:
            yield Loss(
                label,
                f"the replica of {name} in {region} would be deleted, in place: {region} could "
                "serve nothing",
                "Put its replica block back",
            )
        elif _moves(replica, after[region]):
            yield Loss(
                label,
                f"the replica of {name} in {region} would be deleted and made anew, for its key "
                f"changes: until it is filled again {region} could serve nothing",
                "Put its kms_key_arn back",
            )


def _moves(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Tell whether the provider replaces a replica, as it does for another key and nothing else."""
    return (before.get("kms_key_arn") or "") != (after.get("kms_key_arn") or "")


@dataclass(frozen=True)
class _Names:
    """Names and types of records, and where the aliases among them lead.

    Attributes:
        led_to: those that an alias of their own hosted zone leads to afterwards, or may lead to.
        kept: those that are answered afterwards, by records that need not be made for it.
    """

    led_to: frozenset[tuple[str, str]]
    kept: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, found: Sequence[_Change]) -> "_Names":
        records = [c for c in found if c.type == "aws_route53_record" and not c.destroys]
        return cls(
            frozenset(target for change in records for target in _leads_to(change)),
            frozenset(_key(change.left) for change in records if change.before),
        )

    def reached(self, values: Mapping[str, Any]) -> bool:
        """Tell whether clients can get to records afterwards.

        A name that begins with an underscore is no host's (RFC 8552): an alias alone leads there.
        """
        key = _key(values)
        return not key[0].startswith("_") or key in self.led_to

    def answered_otherwise(self, values: Mapping[str, Any]) -> bool:
        """Tell whether a name is answered by a record that stays: a CNAME answers for all types."""
        name, kind = _key(values)
        return bool({(name, kind), (name, "CNAME")} & self.kept)


def _key(values: Mapping[str, Any]) -> tuple[str, str]:
    return str(values.get("name")), str(values.get("type"))


def _alias_target(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield where a record leads, if it is an alias of a name of its own hosted zone."""
    for alias in _blocks(values, "alias"):
        if alias.get("zone_id") == values.get("zone_id") and alias.get("name"):
            yield str(alias["name"]), str(values.get("type"))


def _leads_to(change: _Change) -> Iterator[tuple[str, str]]:
    """Yield where an alias leads afterwards; and where it did, if that can't be told yet."""
    yield from _alias_target(change.left)
    unknown = change.unknown.get("alias")
    if unknown is True or any(block.get("name") for block in unknown or []):
        yield from _alias_target(change.before)


def _record_losses(change: _Change, names: _Names) -> Iterator[Loss]:
    label = f"{change.before.get('name')} {change.before.get('type')}"
    # A record that routing chooses among has a set identifier.
    chosen = change.before.get("set_identifier")
    if not chosen and not any(_alias_target(change.before)):
        return
    which = f"{label} ({chosen})" if chosen else label
    if change.destroys:
        before = change.before
        if names.reached(before) if chosen else not names.answered_otherwise(before):
            yield Loss(
                change.address,
                f"the record {which} would be {change.verb}: resolvers that ask meanwhile are told "
                "there is none, and may keep that for minutes",
                "A change of domain_name or of a region does that",
            )
    elif (
        change.before.get("health_check_id")
        and not change.after.get("health_check_id")
        and not change.unknown.get("health_check_id")
    ):
        yield Loss(
            f"{change.address}.health_check_id",
            f"the record {which} would follow no health check: it would be answered although its "
            "region is lost",
            "Put its health_check_id back",
        )


def _less_guarded(change: _Change) -> Iterator[str]:
    name = "deletion_protection_enabled"
    if change.before.get(name) and change.after.get(name) is False:
        yield "deletion protection is turned off: whoever may delete tables may delete this one"
    if _restorable(change.before) and not _restorable(change.after):
        yield "point-in-time recovery is turned off: the recovery points that exist are lost"


def _restorable(values: Mapping[str, Any]) -> bool:
    """Tell whether point-in-time recovery is on: a block of a table, an argument of a replica."""
    setting = values.get("point_in_time_recovery")
    if isinstance(setting, list):
        return any(block.get("enabled") for block in setting)
    return bool(setting)


def _key_arns(change: _Change) -> Iterator[str]:
    """Yield the keys that a table and its replicas are encrypted with as they are."""
    if change.type not in _TABLES:
        return
    blocks = [change.before, *_blocks(change.before, "server_side_encryption")]
    blocks += _blocks(change.before, "replica")
    yield from (block["kms_key_arn"] for block in blocks if block.get("kms_key_arn"))


def _blocks(values: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return list(values.get(name) or [])
