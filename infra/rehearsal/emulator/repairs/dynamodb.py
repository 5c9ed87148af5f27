"""DynamoDB: the keys of a global table's replicas."""

from collections.abc import Callable
from typing import Any

from ministack.services import dynamodb

from infra.rehearsal.emulator.repairs.wrapping import Response, wrap


def remember_keys_of_replicas() -> None:
    """A replica does not tell its key, or tells the table's, so every plan wants to replace it."""
    wrap(dynamodb, "_apply_replica_updates", _apply_replica_updates)
    wrap(dynamodb, "_table_description", _table_description)


def _apply_replica_updates(
    original: Callable[..., Response | None],
    name: str,
    table: dict[str, Any],
    updates: list[dict[str, Any]],
) -> Response | None:
    refused = original(name, table, updates)
    if refused is None:
        keys = table.setdefault("_replica_keys", {})
        for change in (update.get("Create") or update.get("Update") or {} for update in updates):
            if "KMSMasterKeyId" in change:
                region, key = change["RegionName"], change["KMSMasterKeyId"]
                keys[region] = key
                replica = dynamodb._tables.get_scoped(dynamodb.get_account_id(), region, name)
                replica["SSEDescription"] = dynamodb._sse_description_from_spec(
                    {"Enabled": True, "KMSMasterKeyId": key}
                )
    return refused


def _table_description(original: Callable[..., dict[str, Any]], name: str) -> dict[str, Any]:
    description = original(name)
    keys = dynamodb._tables[name].get("_replica_keys", {})
    for replica in description.get("Replicas", []):
        if replica["RegionName"] in keys:
            replica["KMSMasterKeyId"] = keys[replica["RegionName"]]
    return description
