"""The functions may not use the table any more."""

import contextlib
import json
from collections.abc import AsyncIterator

from infra.fault import Fault, Reaction
from infra.promise import ANSWERED
from infra.rehearsal.functions import RegionFunctions
from infra.rehearsal.scene import Scene
from infra.threads import to_its_end

_POLICY = "rehearsal-table-denied"
_DOCUMENT = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*"}],
    }
)


@contextlib.asynccontextmanager
async def table_denied(scene: Scene) -> AsyncIterator[None]:
    """Deny DynamoDB to the roles of both functions, by a policy beside what allows it."""
    try:
        await to_its_end(_deny, scene.functions)
        yield
    finally:
        await to_its_end(_allow, scene.functions)


def _deny(functions: RegionFunctions) -> None:
    for role in _roles(functions):
        functions.iam_client.put_role_policy(
            RoleName=role, PolicyName=_POLICY, PolicyDocument=_DOCUMENT
        )


def _allow(functions: RegionFunctions) -> None:
    for role in _roles(functions):
        with contextlib.suppress(functions.iam_client.exceptions.NoSuchEntityException):
            functions.iam_client.delete_role_policy(RoleName=role, PolicyName=_POLICY)


def _roles(functions: RegionFunctions) -> list[str]:
    names = (functions.reader, functions.writer)
    arns = [
        functions.lambda_client.get_function_configuration(FunctionName=function)["Role"]
        for function in names
    ]
    return [arn.rpartition("/")[2] for arn in arns]


FAULT = Fault(
    name="table-denied",
    does="a policy denies the table to the region's functions",
    on_aws="somebody tightens a role's policy, or a service control policy",
    expected=Reaction.FAILS_OVER,
    failing=ANSWERED,
    inject=table_denied,
)
