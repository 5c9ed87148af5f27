"""Makes one line, with the way out, of Terraform's refusal to work on a state that is locked."""

import re

_REFUSED = "Error acquiring the state lock"
# `who@where`, whatever Terraform calls its own operations.
_FIELD = re.compile(r"\b(ID|Who|Created|Operation):\s+(\S+)")


def explained(reason: str) -> str:
    """Return why Terraform failed; for a lock who holds it, since when, and what to do."""
    if _REFUSED not in reason:
        return reason
    held = dict(_FIELD.findall(reason))
    if "ID" not in held:
        return reason
    operation = held.get("Operation", "").removeprefix("OperationType").lower() or "work on it"
    return (
        f"the state is locked by {held.get('Who', 'somebody')} since {held.get('Created', '?')}, "
        f"to {operation}. Wait until that ends; if what held it is gone for certain, "
        f"`terraform force-unlock {held['ID']}` in the same folder"
    )
