"""Which of a plan's values are secret, and a text without them.

Terraform hides what a provider marks as sensitive, and prints the same value in the clear where the
provider forgot to: `aws_api_gateway_usage_plan_key.value`, for one, is the API key.
"""

from collections.abc import Iterator, Mapping
from typing import Any

# A shorter one is no secret, and would be hidden in every word that holds it.
_SHORTEST = 8
HIDDEN = "(sensitive value)"


def secrets(plan: Mapping[str, Any]) -> set[str]:
    """Return the texts that a plan marks as sensitive anywhere.

    Args:
        plan: what `terraform show -json` prints of it:
            https://developer.hashicorp.com/terraform/internals/json-format#change-representation
    """
    changes = [resource["change"] for resource in plan.get("resource_changes", [])]
    changes += plan.get("output_changes", {}).values()
    found = {
        text
        for change in changes
        for when in ("before", "after")
        for text in _marked(change.get(when), change.get(f"{when}_sensitive"))
    }
    return {text for text in found if len(text) >= _SHORTEST}


def without(found: set[str], text: str) -> str:
    """Return a text in which secrets are hidden."""
    # The longest first: one may be part of another.
    for secret in sorted(found, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def _marked(value: object, mark: object) -> Iterator[str]:
    """Yield the texts of a value that a mark of the same shape, or true for all of it, covers."""
    if isinstance(value, str):
        if mark is True:
            yield value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _marked(part, mark.get(name) if isinstance(mark, Mapping) else mark)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            inner = mark[index] if isinstance(mark, list) and index < len(mark) else mark
            yield from _marked(part, inner)
