"""A saved plan uploads the packages that it was made with, or nothing."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest

from infra.errors import InfraError
from infra.operations.packages import require_planned

NAME = "build/primary/deployment.zip"


def plan(content: bytes, actions: list[str], kind: str = "aws_lambda_function") -> dict[str, Any]:
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    after = {"filename": NAME, "source_code_hash": digest}
    change = {"actions": actions, "after": None if actions == ["delete"] else after}
    return {"resource_changes": [{"type": kind, "change": change}]}


@pytest.fixture
def infra(tmp_path: Path) -> Path:
    (tmp_path / NAME).parent.mkdir(parents=True)
    (tmp_path / NAME).write_bytes(b"as planned")
    return tmp_path


@pytest.mark.parametrize("actions", [["create"], ["update"], ["delete", "create"]])
def test_the_package_that_was_planned_is_taken_and_another_is_refused(
    actions: list[str], infra: Path
) -> None:
    require_planned(plan(b"as planned", actions), infra)
    (infra / NAME).write_bytes(b"another")
    with pytest.raises(InfraError, match=f"infra/{NAME}: not the package .* plan again"):
        require_planned(plan(b"as planned", actions), infra)
    (infra / NAME).unlink()
    with pytest.raises(InfraError, match="nothing was applied"):
        require_planned(plan(b"as planned", actions), infra)


@pytest.mark.parametrize("actions", [["no-op"], ["delete"]])
def test_where_no_code_is_uploaded_none_is_asked_for(actions: list[str], infra: Path) -> None:
    require_planned(plan(b"another", actions), infra)


def test_a_plan_without_functions_needs_no_package(tmp_path: Path) -> None:
    require_planned({}, tmp_path)
    require_planned(plan(b"any", ["update"], "aws_s3_object"), tmp_path)
