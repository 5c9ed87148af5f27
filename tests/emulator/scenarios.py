"""What each repair of the emulator is for: a function of its name, which fails without it."""

import json
import time
from typing import Any
from xml.sax.saxutils import escape

import pytest
from botocore.exceptions import ClientError

from infra.rehearsal.emulator.repairs import provisioned
from tests.emulator.cloud import REGIONS, Cloud, packaged, unique

MOCK: dict[str, Any] = {
    "type": "mock",
    "passthroughBehavior": "when_no_match",
    "requestTemplates": {"application/json": '{"statusCode": 200}'},
    "responses": {"default": {"statusCode": "200"}},
}


def put_rest_api(cloud: Cloud) -> None:
    gateway = cloud.gateway()
    api = gateway.create_rest_api(name=unique())["id"]
    operation = {"responses": {"200": {}}, "x-amazon-apigateway-integration": MOCK}
    document = {"swagger": "2.0", "info": {"title": "t"}, "paths": {"/read": {"get": operation}}}
    gateway.put_rest_api(restApiId=api, mode="overwrite", body=json.dumps(document).encode())
    found = {r["path"]: r["id"] for r in gateway.get_resources(restApiId=api)["items"]}
    method = gateway.get_method(restApiId=api, resourceId=found["/read"], httpMethod="GET")
    integration = method["methodIntegration"]
    assert integration["type"] == "MOCK"
    assert integration["requestTemplates"] == MOCK["requestTemplates"]
    assert integration["integrationResponses"]["200"]["statusCode"] == "200"


def patch_lists_of_rest_api(cloud: Cloud) -> None:
    gateway = cloud.gateway()
    api = gateway.create_rest_api(name=unique(), binaryMediaTypes=["image/gif"])["id"]
    gateway.update_rest_api(
        restApiId=api,
        patchOperations=[
            {"op": "add", "path": "/binaryMediaTypes/image~1png"},
            {"op": "remove", "path": "/binaryMediaTypes/image~1gif"},
        ],
    )
    assert gateway.get_rest_api(restApiId=api)["binaryMediaTypes"] == ["image/png"]


def generate_absent_api_keys(cloud: Cloud) -> None:
    made = cloud.gateway().create_api_key(name=unique(), value="", enabled=True)
    assert len(made["value"]) >= 20


def find_api_keys_in_their_region(cloud: Cloud) -> None:
    key = unique()
    apis = [cloud.api_with_key(region, key) for region in REGIONS]
    assert [cloud.get(api, {"x-api-key": key}) for api in apis] == [200, 200]
    assert [cloud.get(api, {"x-api-key": unique()}) for api in apis] == [403, 403]


def map_the_empty_base_path(cloud: Cloud) -> None:
    gateway = cloud.gateway()
    api = gateway.create_rest_api(name=unique())["id"]
    name = f"{unique()}.example.com"
    gateway.create_domain_name(domainName=name)
    gateway.create_base_path_mapping(domainName=name, basePath="", restApiId=api, stage="v1")
    mapping = gateway.get_base_path_mapping(domainName=name, basePath="(none)")
    assert mapping["restApiId"] == api


def leave_out_empty_blocks(cloud: Cloud) -> None:
    gateway = cloud.gateway()
    name = f"{unique()}.example.com"
    gateway.create_domain_name(domainName=name)
    assert "mutualTlsAuthentication" not in gateway.get_domain_name(domainName=name)


def publish_records_at_once(cloud: Cloud) -> None:
    zone = cloud.route53.create_hosted_zone(Name="example.com", CallerReference=unique())
    answer = cloud.route53.change_resource_record_sets(
        HostedZoneId=zone["HostedZone"]["Id"],
        ChangeBatch={
            "Changes": [
                {
                    "Action": "CREATE",
                    "ResourceRecordSet": {
                        "Name": "a.example.com",
                        "Type": "A",
                        "TTL": 10,
                        "ResourceRecords": [{"Value": "192.0.2.1"}],
                    },
                }
            ]
        },
    )
    assert "ChangeInfo" not in answer, "the provider waits for what has an id"


def refuse_record_sets_that_conflict(cloud: Cloud) -> None:
    zone = cloud.route53.create_hosted_zone(Name="example.com", CallerReference=unique())
    zone_id = zone["HostedZone"]["Id"]

    def change(*changes: tuple[Any, dict[str, Any]]) -> None:
        cloud.route53.change_resource_record_sets(
            HostedZoneId=zone_id,
            ChangeBatch={
                "Changes": [{"Action": a, "ResourceRecordSet": record} for a, record in changes]  # type: ignore[typeddict-item] # any record set
            },
        )

    def record(kind: str, value: str, **policy: object) -> dict[str, Any]:
        values = [{"Value": value}]
        return {
            "Name": "a.example.com.",
            "Type": kind,
            "TTL": 10,
            "ResourceRecords": values,
        } | policy

    name, address = record("CNAME", "b.example.com"), record("A", "192.0.2.1")
    weighted = record("CNAME", "c.example.com", SetIdentifier="c", Weight=1)
    change(("CREATE", name))
    for other in (address, weighted):
        with pytest.raises(cloud.route53.exceptions.InvalidChangeBatch, match="DNS name a"):
            change(("CREATE", other))
    change(("DELETE", name), ("CREATE", address))
    kept = cloud.route53.list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
    assert [r["Type"] for r in kept if r["Name"] == "a.example.com."] == ["A"]


def read_health_checks_lists(cloud: Cloud) -> None:
    regions = ["eu-west-1", "us-east-1", "us-west-2"]
    child = cloud.route53.create_health_check(
        CallerReference=unique(),
        HealthCheckConfig={
            "Type": "HTTPS",
            "FullyQualifiedDomainName": "a.example.com",
            "Regions": ["eu-west-1", "us-east-1", "us-west-2"],
        },
    )["HealthCheck"]
    assert child["HealthCheckConfig"]["Regions"] == regions
    parent = cloud.route53.create_health_check(
        CallerReference=unique(),
        HealthCheckConfig={
            "Type": "CALCULATED",
            "ChildHealthChecks": [child["Id"]],
            "HealthThreshold": 1,
        },
    )["HealthCheck"]
    assert parent["HealthCheckConfig"]["ChildHealthChecks"] == [child["Id"]]


def keep_alarms_whole(cloud: Cloud) -> None:
    name = unique()
    sent = {
        "AlarmName": name,
        "AlarmDescription": "one & two",
        "Namespace": "Any",
        "MetricName": name,
        "Statistic": "Maximum",
        "Period": "60",
        "EvaluationPeriods": "1",
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": "0.5",
        "TreatMissingData": "ignore",
        "ActionsEnabled": "true",
        "Dimensions.member.1.Name": "Stack",
        "Dimensions.member.1.Value": "one",
        "InsufficientDataActions.member.1": "arn:aws:sns:us-east-1:000000000000:topic",
    }
    cloud.query("monitoring", "PutMetricAlarm", **sent)
    _keep_metric_math(cloud)
    told = cloud.query("monitoring", "DescribeAlarms", **{"AlarmNames.member.1": name})
    for path, value in sent.items():
        assert f"<{path.partition('.')[0]}>" in told
        assert f">{escape(value)}</" in told, path


def _keep_metric_math(cloud: Cloud) -> None:
    name = unique()
    cloud.query(
        "monitoring",
        "PutMetricAlarm",
        **{
            "AlarmName": name,
            "EvaluationPeriods": "1",
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": "1",
            "Metrics.member.1.Id": "rate",
            "Metrics.member.1.Expression": "errors / requests",
            "Metrics.member.1.ReturnData": "true",
        },
    )
    told = cloud.query("monitoring", "DescribeAlarms", **{"AlarmNames.member.1": name})
    assert "<Metrics><member><Id>rate</Id>" in told
    assert "<Expression>errors / requests</Expression>" in told
    assert "<Period>" not in told


def keep_metrics_by_the_minute(cloud: Cloud) -> None:
    cloudwatch = cloud.client("cloudwatch")
    name = unique()
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace=name,
        MetricName="m",
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )
    if time.time() % 60 > 55:
        time.sleep(6)  # both are of one minute
    minute = time.time() // 60 * 60
    for value, at in ((1.0, minute - 1), (0.0, minute)):
        cloudwatch.put_metric_data(
            Namespace=name, MetricData=[{"MetricName": "m", "Value": value, "Timestamp": at}]
        )
    [alarm] = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert alarm["StateValue"] == "OK", "the 1 is of the minute before"


def tell_that_certificates_are_logged(cloud: Cloud) -> None:
    certificates = cloud.client("acm")
    arn = certificates.request_certificate(DomainName=f"{unique()}.example.com")["CertificateArn"]
    told = certificates.describe_certificate(CertificateArn=arn)["Certificate"]
    assert told["Options"] == {"CertificateTransparencyLoggingPreference": "ENABLED"}


def make_keys_that_aws_manages(cloud: Cloud) -> None:
    keys = cloud.client("kms")
    first, second = (keys.describe_key(KeyId="alias/aws/dynamodb") for _ in range(2))
    assert first["KeyMetadata"]["Arn"] == second["KeyMetadata"]["Arn"]


def remember_keys_of_replicas(cloud: Cloud) -> None:
    tables, name = cloud.client("dynamodb"), unique()
    tables.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "ItemId", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "ItemId", "KeyType": "HASH"}],
        SSESpecification={"Enabled": True, "KMSMasterKeyId": _key_in(REGIONS[0])},
    )
    key = _key_in(REGIONS[1])
    replica = {"RegionName": REGIONS[1], "KMSMasterKeyId": key}
    tables.update_table(TableName=name, ReplicaUpdates=[{"Create": replica}])
    [told] = tables.describe_table(TableName=name)["Table"]["Replicas"]
    assert told.get("KMSMasterKeyId") == key
    there = cloud.client("dynamodb", REGIONS[1]).describe_table(TableName=name)["Table"]
    assert there["SSEDescription"]["KMSMasterKeyArn"] == key


def _key_in(region: str) -> str:
    return f"arn:aws:kms:{region}:000000000000:key/any"


def log_what_the_firewall_does(cloud: Cloud) -> None:
    firewall, name = cloud.client("wafv2"), unique()
    seen = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": name}
    made = firewall.create_web_acl(
        Name=name, Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=seen
    )
    arn = made["Summary"]["ARN"]
    group = f"arn:aws:logs:{REGIONS[0]}:000000000000:log-group:aws-waf-logs-{name}"
    logging = {"ResourceArn": arn, "LogDestinationConfigs": [group]}
    firewall.put_logging_configuration(LoggingConfiguration=logging)
    told = firewall.get_logging_configuration(ResourceArn=arn)["LoggingConfiguration"]
    assert told["LogDestinationConfigs"] == [group]
    firewall.delete_logging_configuration(ResourceArn=arn)
    with pytest.raises(ClientError, match="WAFNonexistentItemException"):
        firewall.get_logging_configuration(ResourceArn=arn)


def reserve_concurrency_of_aliases(cloud: Cloud) -> None:
    name = cloud.silent_function()
    version = cloud.functions.publish_version(FunctionName=name)["Version"]
    cloud.functions.create_alias(FunctionName=name, Name="live", FunctionVersion=version)
    cloud.functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    for qualifier in ("live", version):
        with pytest.raises(ClientError, match="TooManyRequestsException"):
            cloud.functions.invoke(FunctionName=name, Qualifier=qualifier)
    cloud.functions.delete_function_concurrency(FunctionName=name)
    assert cloud.functions.invoke(FunctionName=name, Qualifier="live")["StatusCode"] == 200


def scale_provisioned_concurrency(cloud: Cloud) -> None:
    functions, scaling = cloud.functions, cloud.client("application-autoscaling")
    name = cloud.silent_function()
    version = functions.publish_version(FunctionName=name)["Version"]
    functions.create_alias(FunctionName=name, Name="live", FunctionVersion=version)
    target = {
        "ServiceNamespace": "lambda",
        "ScalableDimension": "lambda:function:ProvisionedConcurrency",
        "ResourceId": f"function:{name}:live",
    }
    made = scaling.register_scalable_target(**target, MinCapacity=2, MaxCapacity=5)
    ready = functions.get_provisioned_concurrency_config(FunctionName=name, Qualifier="live")
    assert ready["RequestedProvisionedConcurrentExecutions"] == 2
    functions.put_provisioned_concurrency_config(
        FunctionName=name, Qualifier="live", ProvisionedConcurrentExecutions=9
    )
    scaling.register_scalable_target(**target, MaxCapacity=6)
    ready = functions.get_provisioned_concurrency_config(FunctionName=name, Qualifier="live")
    assert ready["RequestedProvisionedConcurrentExecutions"] == 6
    _keep_policies_and_schedules(scaling, target)
    scaling.register_scalable_target(**target, MinCapacity=0, MaxCapacity=0)
    with pytest.raises(ClientError, match="ProvisionedConcurrencyConfigNotFound"):
        functions.get_provisioned_concurrency_config(FunctionName=name, Qualifier="live")
    arn = made["ScalableTargetARN"]
    scaling.tag_resource(ResourceARN=arn, Tags={"Stack": "one", "Old": "two"})
    scaling.untag_resource(ResourceARN=arn, TagKeys=["Old"])
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"Stack": "one"}
    scaling.deregister_scalable_target(**target)
    found = scaling.describe_scalable_targets(
        ServiceNamespace="lambda", ResourceIds=[target["ResourceId"]]
    )
    assert found["ScalableTargets"] == []


def keep_the_old_version_until_the_new_one_is_ready(cloud: Cloud) -> None:
    functions = cloud.functions
    name = cloud.silent_function()
    old = functions.publish_version(FunctionName=name)["Version"]
    functions.update_function_code(FunctionName=name, ZipFile=packaged("def handler(*_): pass\n"))
    new = functions.publish_version(FunctionName=name)["Version"]
    live: Any = {"FunctionName": name, "Name": "live"}
    functions.create_alias(**live, FunctionVersion=old)
    ready: Any = {"FunctionName": name, "Qualifier": "live", "ProvisionedConcurrentExecutions": 2}
    functions.put_provisioned_concurrency_config(**ready)

    def move(version: str) -> Any:  # noqa: ANN401 -- what GetAlias says
        none: Any = {"AdditionalVersionWeights": {}}
        functions.update_alias(**live, FunctionVersion=version, RoutingConfig=none)
        return functions.get_alias(**live)

    moved = move(new)
    assert moved.get("RoutingConfig") == {"AdditionalVersionWeights": {old: 1.0}}
    with pytest.raises(ClientError, match="Alias with weights can not be used"):
        functions.put_provisioned_concurrency_config(**ready)
    time.sleep(provisioned.READY_SECONDS + 0.5)
    settled: Any = functions.get_alias(**live)
    assert (settled["FunctionVersion"], settled.get("RoutingConfig")) == (new, None)
    assert settled["RevisionId"] != moved["RevisionId"]
    functions.put_provisioned_concurrency_config(**ready)

    assert move(old)["RoutingConfig"] == {"AdditionalVersionWeights": {new: 1.0}}
    assert "RoutingConfig" not in move(old), "who says it again ends the wait"


def _keep_policies_and_schedules(scaling: Any, target: dict[str, str]) -> None:  # noqa: ANN401 -- boto3-stubs has no types for it here
    tracking = {
        "TargetValue": 0.7,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "LambdaProvisionedConcurrencyUtilization"
        },
    }
    scaling.put_scaling_policy(
        **target,
        PolicyName="out",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=tracking,
    )
    with pytest.raises(ClientError, match="target tracking alone"):
        scaling.put_scaling_policy(**target, PolicyName="step", PolicyType="StepScaling")
    resource = {"ServiceNamespace": "lambda", "ResourceId": target["ResourceId"]}
    [policy] = scaling.describe_scaling_policies(**resource)["ScalingPolicies"]
    assert policy["TargetTrackingScalingPolicyConfiguration"] == tracking
    bounds = {"MinCapacity": 2, "MaxCapacity": 6}
    scaling.put_scheduled_action(
        **target,
        ScheduledActionName="keep",
        Schedule="rate(5 minutes)",
        ScalableTargetAction=bounds,
    )
    [action] = scaling.describe_scheduled_actions(**resource)["ScheduledActions"]
    assert action["ScalableTargetAction"] == bounds
    scaling.delete_scaling_policy(**target, PolicyName="out")
    assert scaling.describe_scaling_policies(**resource)["ScalingPolicies"] == []


def wait_less_for_logs(cloud: Cloud) -> None:
    assert cloud.quickest_of(12) < 0.05


def answer_retries_alike(cloud: Cloud) -> None:
    zone = unique()
    first, second = (cloud.create_zone_as_call(zone) for _ in range(2))
    assert first == second, "the second try of a call made a second hosted zone"


TELLS_ITS_VERSION = packaged(
    """
import logging, time
def handler(event, context):
    logging.getLogger("any").info(
        "request", extra={"status": 503, "function": context.function_name,
                          "version": context.function_version})
    time.sleep(0.02)
    return {"statusCode": 200 + int(context.function_version)}
"""
)


def obey_the_weights_of_aliases(cloud: Cloud) -> None:
    _, api = cloud.api_of_alias(TELLS_ITS_VERSION, {"2": 0.25})
    answers = [cloud.get(api, {}) for _ in range(8)]
    assert answers.count(202) == 2, "every fourth of the requests is version 2's"
    assert answers.count(201) == 6


def measure_each_version(cloud: Cloud) -> None:
    function, api = cloud.api_of_alias(TELLS_ITS_VERSION, {"2": 0.5})
    assert len([cloud.get(api, {}) for _ in range(4)]) == 4
    cloud.functions.invoke(FunctionName=function, Qualifier="2")
    live = {"FunctionName": function, "Resource": f"{function}:live"}
    second = live | {"ExecutedVersion": "2"}
    assert cloud.total("AWS/Lambda", "Invocations", FunctionName=function) == 5
    assert cloud.total("AWS/Lambda", "Invocations", **live) == 4
    assert cloud.total("AWS/Lambda", "Invocations", **second) == 2
    assert cloud.total("AWS/Lambda", "Errors", **second) == 0
    longest = cloud.total("AWS/Lambda", "Duration", "Maximum", **second)
    assert 20 <= longest < 1000, "in milliseconds, without the start"


def log_as_json(cloud: Cloud) -> None:
    function, api = cloud.api_of_alias(TELLS_ITS_VERSION, {})
    cloud.get(api, {})
    logs = cloud.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{function}")
    lines = [e["message"] for e in logs["events"] if e["message"].startswith("{")]
    assert len(lines) == 1
    told = json.loads(lines[0])
    assert (told["level"], told["message"], told["logger"]) == ("INFO", "request", "any")
    assert (told["status"], told["version"]) == (503, "1")


def count_what_metric_filters_match(cloud: Cloud) -> None:
    group = unique()
    logs = cloud.client("logs")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="any")
    logs.put_metric_filter(
        logGroupName=group,
        filterName="server-errors",
        filterPattern='{ ($.message = "request") && ($.status >= 500) }',
        metricTransformations=[
            {
                "metricNamespace": group,
                "metricName": "ServerErrors",
                "metricValue": "1",
                "dimensions": {"Version": "$.version"},
            }
        ],
    )
    lines = [
        {"message": message, "status": status, "version": version}
        for message, status, version in [
            ("request", 500, "1"),
            ("request", 499, "2"),
            ("request", 503, "2"),
            ("other", 503, "2"),
            ("request", 500, "2"),
        ]
    ]
    now = int(time.time() * 1000)
    logs.put_log_events(
        logGroupName=group,
        logStreamName="any",
        logEvents=[{"timestamp": now, "message": json.dumps(line)} for line in lines]
        + [{"timestamp": now, "message": "START"}],
    )
    assert cloud.total(group, "ServerErrors", Version="1") == 1
    assert cloud.total(group, "ServerErrors", Version="2") == 2
