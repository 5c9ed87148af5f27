"""Whether the Lambda packages that are here are the ones that a saved plan was made with.

A plan does not hold them: Terraform uploads whatever is under the file's name when it applies.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.errors import InfraError


def require_planned(plan: Mapping[str, Any], infra: Path) -> None:
    """Refuse a plan that would upload another package than it was made with.

    Args:
        plan: what `terraform show -json` prints of it.
        infra: the folder that its file names count from.

    Raises:
        InfraError: it would.
    """
    others = sorted({name for name, digest in _planned(plan) if _digest(infra / name) != digest})
    if others:
        raise InfraError(
            f"infra/{', infra/'.join(others)}: not the package that the plan was made with, so "
            "nothing was applied. Package the commit that was planned, with the same Python and "
            "the same requirements, or plan again"
        )


def _planned(plan: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the file that each function's code would come from, and its digest in the plan."""
    for resource in plan.get("resource_changes", []):
        change = resource["change"]
        if resource["type"] != "aws_lambda_function" or change["actions"] == ["no-op"]:
            continue
        after = change.get("after") or {}
        if after.get("filename") and after.get("source_code_hash"):
            yield after["filename"], after["source_code_hash"]


def _digest(file: Path) -> str:
    if not file.is_file():
        return "none"
    return base64.b64encode(hashlib.sha256(file.read_bytes()).digest()).decode()
