"""A function of the stack, and what is tried with the keys of its role.

What the emulator judges: it runs each function with the keys of its role, and holds every call to
DynamoDB, by those keys or by ones that were had from STS, against the role's policies and boundary,
with the very table or index as the resource. Of logs it only tells what the policies say when it is
asked (SimulatePrincipalPolicy). What it doesn't judge: who may take on a role (the account's owner
does it here in Lambda's place), the keys that encrypt a table, traces, which it doesn't have, and
whether API Gateway may call a function (tests/terraform and tests/end_to_end/test_new_route.py do).
"""

import functools
import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from tests.delivery.accounts import REPLICA_REGION, STATE_REGION
from tests.delivery.guarded import STACK, Guarded, Keys

TABLE = f"{STACK}-items"
DOMAIN = "api.staging.example.com"
PEER = {STATE_REGION: REPLICA_REGION, REPLICA_REGION: STATE_REGION}
OTHER = {"read": "write", "write": "read"}
KEY = {"ItemId": {"S": "any"}}
ITEM = KEY | {name: {"S": "1"} for name in ("Data", "WrittenAt", "WrittenIn")}
EQUAL = {
    "KeyConditionExpression": "ItemId = :id",
    "ExpressionAttributeValues": {":id": KEY["ItemId"]},
}

CALLS: dict[str, Callable[[Any, str], object]] = {
    "GetItem": lambda db, table: db.get_item(TableName=table, Key=KEY),
    "BatchGetItem": lambda db, table: db.batch_get_item(RequestItems={table: {"Keys": [KEY]}}),
    "TransactGetItems": lambda db, table: db.transact_get_items(
        TransactItems=[{"Get": {"TableName": table, "Key": KEY}}]
    ),
    "Query": lambda db, table: db.query(TableName=table, **EQUAL),
    "Query of an index": lambda db, table: db.query(TableName=table, IndexName="by-any", **EQUAL),
    "Scan": lambda db, table: db.scan(TableName=table),
    "Scan of an index": lambda db, table: db.scan(TableName=table, IndexName="by-any"),
    "PutItem": lambda db, table: db.put_item(TableName=table, Item=ITEM),
    "TransactWriteItems": lambda db, table: db.transact_write_items(
        TransactItems=[{"Put": {"TableName": table, "Item": ITEM}}]
    ),
    "BatchWriteItem": lambda db, table: db.batch_write_item(
        RequestItems={table: [{"PutRequest": {"Item": ITEM}}]}
    ),
    "UpdateItem": lambda db, table: db.update_item(TableName=table, Key=KEY),
    "DeleteItem": lambda db, table: db.delete_item(TableName=table, Key=KEY),
    "DescribeTable": lambda db, table: db.describe_table(TableName=table),
    "UpdateTable": lambda db, table: db.update_table(TableName=table),
    "DeleteTable": lambda db, table: db.delete_table(TableName=table),
}
# A transaction needs the rights of what is in it.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
OWN = {
    "read": {
        *("GetItem", "TransactGetItems"),
        *("Query", "Query of an index", "Scan", "Scan of an index"),
    },
    "write": {"PutItem", "TransactWriteItems"},
}


@dataclass(frozen=True)
class Function:
    """A function of the stack, in one region."""

    guarded: Guarded
    region: str
    kind: str

    @functools.cached_property
    def keys(self) -> Keys:
        taken = self.guarded.client("sts").assume_role(RoleArn=self.role, RoleSessionName="test")
        keys: Keys = taken["Credentials"]
        return keys

    @property
    def name(self) -> str:
        return f"{STACK}-{self.kind}"

    @functools.cached_property
    def role(self) -> str:
        """ARN of the role that Lambda gives it, as it is deployed."""
        functions = self.guarded.client("lambda", region=self.region)
        deployed = functions.get_function_configuration(FunctionName=self.name, Qualifier="live")
        role: str = deployed["Role"]
        return role

    def client(self, service: str, region: str | None = None) -> Any:  # noqa: ANN401 -- any service's
        return self.guarded.client(service, self.keys, region or self.region)

    def answers(self, method: str, path: str, body: object = None) -> int:
        """Invoke it as API Gateway does; return the status of its answer."""
        event = {
            "requestContext": {"httpMethod": method, "resourcePath": path, "identity": {}},
            "headers": {"content-type": "application/json"},
            "multiValueHeaders": {"content-type": ["application/json"]},
            "multiValueQueryStringParameters": None,
            "pathParameters": None,
            "stageVariables": None,
            "body": None if body is None else json.dumps(body),
            "isBase64Encoded": False,
        }
        answer = self.guarded.client("lambda", region=self.region).invoke(
            FunctionName=self.name, Qualifier="live", Payload=json.dumps(event)
        )
        status: int = json.load(answer["Payload"])["statusCode"]
        return status


def answer(guarded: Guarded, region: str, method: str, path: str, **request: Any) -> str:  # noqa: ANN401 -- urllib's own
    """Ask the API under a region's own name; return the region that has answered with 200."""
    host = {"Host": f"{region}.{DOMAIN}", "Content-Type": "application/json"}
    asked = urllib.request.Request(  # noqa: S310 -- loopback
        f"{guarded.account.emulator.endpoint}{path}",
        method=method,
        **request | {"headers": host | request.get("headers", {})},
    )
    with urllib.request.urlopen(asked, timeout=60) as answered:  # noqa: S310 -- loopback
        assert answered.status == 200
        name: str = answered.headers["X-Region"]
    return name


def permitted(call: Callable[[], object]) -> bool:
    """Return whether a call got past IAM, whatever came of it then."""
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"] not in {"AccessDenied", "AccessDeniedException"}
    return True


def permitted_calls(db: Any, table: str) -> set[str]:  # noqa: ANN401 -- boto3's client
    """Return those of CALLS that IAM lets pass."""
    return {name for name, call in CALLS.items() if permitted(functools.partial(call, db, table))}


def log_of(function: Function) -> str:
    """Return the ARN of a stream of its log, which AWS judges such calls by."""
    account = function.role.split(":")[4]
    group = f"arn:aws:logs:{function.region}:{account}:log-group:/aws/lambda/{function.name}"
    return f"{group}:log-stream:2026/11/25/[1]0"


def decisions(function: Function, actions: list[str], resource: str) -> set[str]:
    """Return what the policies of its role say to actions on a resource."""
    told = function.guarded.client("iam").simulate_principal_policy(
        PolicySourceArn=function.role, ActionNames=actions, ResourceArns=[resource]
    )["EvaluationResults"]
    assert [result["EvalActionName"] for result in told] == actions
    return {result["EvalDecision"] for result in told}
