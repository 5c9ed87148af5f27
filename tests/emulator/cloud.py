"""One emulator, as its clients see it, with what the tests of repairs have in common."""

import functools
import http.client
import io
import time
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config

from infra.rehearsal.emulator import Emulator

if TYPE_CHECKING:
    from types_boto3_apigateway import APIGatewayClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_route53 import Route53Client

REGIONS = ("us-east-1", "us-west-2")


def unique() -> str:
    """Return a name that no other test uses."""
    return f"t{uuid4().hex}"


def packaged(code: str) -> bytes:
    """Return a zip with this code as handler.py."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("handler.py", code)
    return package.getvalue()


def reach(emulator: Emulator, patch: pytest.MonkeyPatch) -> None:
    """Have this process's own AWS clients reach an emulator."""
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        patch.setenv(name, emulator.environment()[name])


def create_table(dynamodb: "DynamoDBClient") -> str:
    """Create an empty table of items, as infra/table.tf keys it; return its name."""
    name = unique()
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "ItemId", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "ItemId", "AttributeType": "S"}],
    )
    return name


class Cloud:
    """An emulator, its AWS clients and its invocable APIs."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._session = boto3.Session("test", "test")

    @functools.cached_property
    def route53(self) -> "Route53Client":
        return self._session.client("route53", region_name=REGIONS[0], endpoint_url=self.endpoint)

    def create_zone_as_call(self, call: str) -> str:
        """Create a hosted zone in a try of the named call; return the zone's id."""
        client = self._session.client("route53", region_name=REGIONS[0], endpoint_url=self.endpoint)

        def name_the_call(request: Any, **_: object) -> None:  # noqa: ANN401 -- botocore has no types for it
            request.headers["amz-sdk-invocation-id"] = call

        client.meta.events.register("before-send.route53.CreateHostedZone", name_the_call)
        made = client.create_hosted_zone(Name="example.com", CallerReference=unique())
        return made["HostedZone"]["Id"]

    def client(self, service: str, region: str = REGIONS[0]) -> Any:  # noqa: ANN401 -- any service's
        """Return a client of the service in a region."""
        make: Any = self._session.client
        return make(service, region_name=region, endpoint_url=self.endpoint)

    @functools.cached_property
    def functions(self) -> "LambdaClient":
        return self._session.client(
            "lambda",
            region_name=REGIONS[0],
            endpoint_url=self.endpoint,
            config=Config(retries={"total_max_attempts": 1}),  # what is refused is refused at once
        )

    @functools.cache  # noqa: B019 -- a cloud lives as long as the tests
    def gateway(self, region: str = REGIONS[0]) -> "APIGatewayClient":
        return self._session.client("apigateway", region_name=region, endpoint_url=self.endpoint)

    def api_with_key(self, region: str, key: str) -> str:
        """Deploy an API of one route, GET /, that takes one key; return its id."""
        gateway = self.gateway(region)
        api = gateway.create_rest_api(name=unique())["id"]
        [root] = gateway.get_resources(restApiId=api)["items"]
        at: dict[str, Any] = {"restApiId": api, "resourceId": root["id"], "httpMethod": "GET"}
        gateway.put_method(**at, authorizationType="NONE", apiKeyRequired=True)
        gateway.put_method_response(**at, statusCode="200")
        gateway.put_integration(
            **at, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}
        )
        gateway.put_integration_response(**at, statusCode="200")
        gateway.create_deployment(restApiId=api, stageName="v1")
        made = gateway.create_api_key(name=unique(), value=key, enabled=True)
        plan = gateway.create_usage_plan(name=unique(), apiStages=[{"apiId": api, "stage": "v1"}])
        gateway.create_usage_plan_key(usagePlanId=plan["id"], keyId=made["id"], keyType="API_KEY")
        return api

    def get(self, api: str, headers: dict[str, str]) -> int:
        """Ask an API for its root; return the status."""
        address = urlsplit(self.endpoint)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        host = {"Host": f"{api}.execute-api.localhost:{address.port}"}
        try:
            connection.request("GET", "/v1/", headers=host | headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def api_of_alias(self, package: bytes, weights: dict[str, float]) -> tuple[str, str]:
        """Deploy two versions of a function behind an alias and an API of one route, GET /.

        Args:
            package: a zip with handler.py; versions 1 and 2 are of the same code.
            weights: by version, the share that the alias, which is of version 1, gives it.

        Returns:
            The ids of the function and of the API.
        """
        name = unique()
        functions = self.functions
        functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="handler.handler",
            Role="arn:aws:iam::000000000000:role/any",
            Code={"ZipFile": package},
            LoggingConfig={"LogFormat": "JSON", "LogGroup": f"/aws/lambda/{name}"},
            Publish=True,
        )
        functions.update_function_configuration(FunctionName=name, MemorySize=256)
        functions.publish_version(FunctionName=name)
        alias = functions.create_alias(
            FunctionName=name,
            Name="live",
            FunctionVersion="1",
            RoutingConfig={"AdditionalVersionWeights": weights},
        )
        gateway = self.gateway()
        api = gateway.create_rest_api(name=unique())["id"]
        [root] = gateway.get_resources(restApiId=api)["items"]
        at: dict[str, Any] = {"restApiId": api, "resourceId": root["id"], "httpMethod": "GET"}
        gateway.put_method(**at, authorizationType="NONE")
        gateway.put_integration(
            **at,
            type="AWS_PROXY",
            integrationHttpMethod="POST",
            uri=f"arn:aws:apigateway:{REGIONS[0]}:lambda:path/2015-03-31/functions/"
            f"{alias['AliasArn']}/invocations",
        )
        gateway.create_deployment(restApiId=api, stageName="v1")
        return name, api

    def total(self, namespace: str, metric: str, stat: str = "Sum", **dimensions: str) -> float:
        """Return a statistic of the last hour of one metric; 0 where it has no data."""
        now = datetime.now(UTC)
        found = self.client("cloudwatch").get_metric_data(
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(minutes=1),
            MetricDataQueries=[
                {
                    "Id": "m",
                    "MetricStat": {
                        "Metric": {
                            "Namespace": namespace,
                            "MetricName": metric,
                            "Dimensions": [
                                {"Name": name, "Value": value} for name, value in dimensions.items()
                            ],
                        },
                        "Period": 86400,
                        "Stat": stat,
                    },
                }
            ],
        )
        values: list[float] = found["MetricDataResults"][0]["Values"]
        return sum(values)

    def query(self, service: str, action: str, **parameters: str) -> str:
        """Call a service over the query protocol, which boto3 speaks no more; return its XML."""
        address = urlsplit(self.endpoint)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        credential = f"test/20261123/{REGIONS[0]}/{service}/aws4_request"
        headers = {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, Signature=0",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            connection.request("POST", "/", urlencode({"Action": action} | parameters), headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        assert response.status == 200, text
        return text

    def quickest_of(self, invocations: int) -> float:
        """Return the fewest seconds in which a function that logs nothing answered."""
        name = self.silent_function()
        return min(self.seconds(name) for _ in range(invocations))

    def seconds(self, function: str) -> float:
        """Invoke a function; return how long it took."""
        start = time.perf_counter()
        with self.functions.invoke(FunctionName=function)["Payload"] as answer:
            assert answer.read() == b"1"
        return time.perf_counter() - start

    def silent_function(self, name: str | None = None) -> str:
        """Make a function that logs nothing; return its name."""
        name = name or unique()
        self.functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="handler.handler",
            Role="arn:aws:iam::000000000000:role/any",
            Code={"ZipFile": packaged("def handler(event, context):\n    return 1\n")},
        )
        return name
