"""Which changes would lose items: of the table, a replica, or the keys that encrypt them."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from infra.operations.guard.plan import Change, Loss, blocks, changes_of

_TABLES = frozenset({"aws_dynamodb_table", "aws_dynamodb_table_replica"})
_KEYS = frozenset({"aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key"})


def losses(change: Change, table_keys: Collection[str]) -> Iterator[Loss]:
    """Yield what a change of a table, a replica or one of the tables' keys would lose."""
    match change.type:
        case "aws_dynamodb_table":
            yield from _table_losses(change)
        case "aws_dynamodb_table_replica" if change.destroys:
            yield Loss(
                change.address,
                f"this copy of the table would be {change.verb}",
                "Without it the region has no data to serve",
            )
        case kind if kind in _KEYS and change.destroys and change.before.get("arn") in table_keys:
            yield Loss(
                change.address,
                f"the key that encrypts the table would be {change.verb}: what is encrypted with "
                "it can't be read again, backups included",
                "`aws kms cancel-key-deletion` works while its waiting period lasts",
            )


def forgotten(plan: Mapping[str, Any]) -> Iterator[Loss]:
    """Yield the copies of the table that the state knows and Terraform does not find."""
    for change in changes_of(plan, "resource_drift"):
        if change.type in _TABLES and change.destroys:
            yield Loss(
                change.address,
                "this copy of the table is not where Terraform looks for it: it would be forgotten "
                "where it is, and another made",
                "A change of a region does that, and moves nothing: put the old value back. What "
                "was deleted can be restored (docs/production.md)",
            )


def key_arns(change: Change) -> Iterator[str]:
    """Yield the keys that a table and its replicas are encrypted with as they are."""
    if change.type not in _TABLES:
        return
    holding = [change.before, *blocks(change.before, "server_side_encryption")]
    holding += blocks(change.before, "replica")
    yield from (block["kms_key_arn"] for block in holding if block.get("kms_key_arn"))


def protected(change: Change) -> bool:
    """Tell whether AWS would refuse to delete what a change destroys."""
    return (
        change.type in _TABLES
        and change.destroys
        and bool(change.before.get("deletion_protection_enabled"))
    )


def less_guarded(change: Change) -> Iterator[str]:
    """Yield what would guard a table or a replica less afterwards."""
    if change.type not in _TABLES or change.actions != ("update",):
        return
    name = "deletion_protection_enabled"
    if change.before.get(name) and change.after.get(name) is False:
        yield "deletion protection is turned off: whoever may delete tables may delete this one"
    if _restorable(change.before) and not _restorable(change.after):
        yield "point-in-time recovery is turned off: the recovery points that exist are lost"


def _table_losses(change: Change) -> Iterator[Loss]:
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
    after = {replica.get("region_name"): replica for replica in blocks(change.after, "replica")}
    for replica in blocks(change.before, "replica"):
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


def _restorable(values: Mapping[str, Any]) -> bool:
    """Tell whether point-in-time recovery is on: a block of a table, an argument of a replica."""
    setting = values.get("point_in_time_recovery")
    if isinstance(setting, list):
        return any(block.get("enabled") for block in setting)
    return bool(setting)
