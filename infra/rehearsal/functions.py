"""One region's functions in the emulator, as faults break them: by the calls that would on AWS."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from infra.functions import name_of

if TYPE_CHECKING:
    import boto3
    from types_boto3_iam import IAMClient
    from types_boto3_lambda import LambdaClient


@dataclass(frozen=True)
class RegionFunctions:
    """The API's two functions in one region, and the APIs that change them.

    Attributes:
        lambda_client: of Lambda, in the region.
        iam_client: of IAM.
        reader: the function that serves reads, health checks' among them.
        writer: the function that serves writes.
    """

    lambda_client: "LambdaClient"
    iam_client: "IAMClient"
    reader: str
    writer: str

    @classmethod
    def of(cls, session: "boto3.Session", emulator: str, stack: str, region: str) -> Self:
        """Return a deployment's functions in a region, by the names that Terraform gives them."""
        make: Any = session.client
        return cls(
            make("lambda", region_name=region, endpoint_url=emulator),
            make("iam", region_name=region, endpoint_url=emulator),
            name_of(stack, "read"),
            name_of(stack, "write"),
        )
