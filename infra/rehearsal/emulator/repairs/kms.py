"""KMS: the keys that AWS manages."""

import json
from collections.abc import Callable
from typing import Any

from ministack.services import kms

from infra.rehearsal.emulator.repairs.wrapping import Response, wrap


def make_keys_that_aws_manages() -> None:
    """A key that AWS manages, `alias/aws/dynamodb` say, exists as soon as somebody asks for it."""
    wrap(kms, "_describe_key", _describe_key)


def _describe_key(original: Callable[..., Response], data: dict[str, Any]) -> Response:
    alias = data.get("KeyId", "")
    if alias.startswith("alias/aws/") and kms._resolve_key(alias) is None:
        made = json.loads(kms._create_key({"Description": alias})[2])["KeyMetadata"]
        kms._create_alias({"AliasName": alias, "TargetKeyId": made["KeyId"]})
    return original(data)
