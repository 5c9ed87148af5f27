"""In the place of the app's own client: boto3's, as the app had it before."""

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
}
_METHODS = {"GetItem": "get_item", "PutItem": "put_item", "Scan": "scan"}
_CONFIG = Config(
    connect_timeout=0.7,
    read_timeout=0.7,
    retries={"mode": "standard", "total_max_attempts": 2},
    parameter_validation=False,
)


class CallError(Exception):
    """A call failed."""

    def __init__(self, code: str, item: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.item = item


class Client:
    """Calls DynamoDB in one region."""

    def __init__(self, region: str) -> None:
        self._client = boto3.client("dynamodb", region_name=region, config=_CONFIG)

    def call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Call DynamoDB."""
        try:
            answer: dict[str, Any] = getattr(self._client, _METHODS[operation])(**parameters)
        except ClientError as error:
            response: dict[str, Any] = dict(error.response)
            raise CallError(response["Error"]["Code"], response.get("Item")) from None
        except BotoCoreError as error:
            raise CallError(type(error).__name__) from None
        return answer

    def renew(self) -> None:
        """Do nothing."""
