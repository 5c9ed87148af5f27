"""`python -m infra.architecture FILE...`: draws the architecture into Markdown files, as Mermaid.

A resource of the Terraform stands in one part of the picture, and an arrow of the picture in the
Terraform: tests/terraform/test_architecture.py compares both with `terraform graph`.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

_BEGIN = "<!-- the architecture, drawn by `make docs` -->\n"
_END = "<!-- end of the architecture -->\n"
_BOXES = {"outside": "([{}])", "once": "[{}]", "region": "[{}]", "store": "[({})]"}


@dataclass(frozen=True)
class Part:
    """A box of the picture.

    Attributes:
        name: what arrows call it.
        label: what is written in it.
        kind: `outside` AWS, `once`, in each `region`, or a `store` that both regions share.
        resources: addresses of what it is made of, without the module for a part of a region; a
            `*` stands for any text.
    """

    name: str
    label: str
    kind: str
    resources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Arrow:
    """From a part to another, with a label; drawn once for each region where one of them is."""

    start: str
    end: str
    label: str = ""


PARTS = (
    Part("clients", "clients", "outside"),
    Part("operator", "python -m infra failover", "outside"),
    Part(
        "names",
        "Route 53: the shared name,<br>records of each routing mode",
        "once",
        ("data.aws_route53_zone.this", "aws_route53_record.shared*", "aws_route53_record.routed"),
    ),
    Part(
        "checks",
        "Route 53 health checks<br>on /read of each region",
        "once",
        ("aws_route53_health_check.*",),
    ),
    Part(
        "switches",
        "a switch for each region,<br>a metric in the other one",
        "once",
        ("module.*_switch.*",),
    ),
    Part(
        "table",
        "DynamoDB global table",
        "store",
        ("aws_dynamodb_table.items", "aws_dynamodb_table_replica.items"),
    ),
    Part(
        "overview",
        "alarms and dashboard<br>across the regions",
        "once",
        (
            "aws_cloudwatch_metric_alarm.*",
            "aws_cloudwatch_dashboard.across",
            "module.global_notifications.*",
        ),
    ),
    Part(
        "domain",
        "custom domains,<br>ACM certificate",
        "region",
        (
            "aws_acm_certificate*",
            "aws_api_gateway_domain_name.*",
            "aws_api_gateway_base_path_mapping.*",
            "aws_route53_record.regional",
            "root:aws_route53_record.certificate_validation",
        ),
    ),
    Part("firewall", "WAF", "region", ("aws_wafv2_*", "aws_cloudwatch_log_group.waf")),
    Part(
        "gateway",
        "API Gateway stage<br>API key, throttles, access logs",
        "region",
        (
            "aws_api_gateway_account.this",
            "aws_api_gateway_api_key.clients",
            "aws_api_gateway_deployment.rest_api",
            "aws_api_gateway_method_settings.all",
            "aws_api_gateway_rest_api.rest_api",
            "aws_api_gateway_stage.live",
            "aws_api_gateway_usage_plan*",
            "aws_cloudwatch_log_group.access",
            "aws_cloudwatch_log_group.execution",
            "aws_iam_role*.gateway_logs",
            "aws_lambda_permission.rest_api_invoke",
        ),
    ),
    Part(
        "reader",
        "Lambda read,<br>alias live",
        "region",
        (
            "aws_lambda_function.api_handler",
            "aws_lambda_alias.read",
            "aws_iam_role*.api_handler_role",
            "aws_cloudwatch_log_group.read",
        ),
    ),
    Part(
        "writer",
        "Lambda write,<br>alias live",
        "region",
        (
            "aws_lambda_function.write",
            "aws_lambda_alias.write",
            "aws_iam_role*.write_role",
            "aws_cloudwatch_log_group.write",
        ),
    ),
    Part("capacity", "provisioned concurrency<br>(standby = warm)", "region", ("aws_appauto*",)),
    Part(
        "alarms",
        "alarms, SNS topic,<br>dashboard",
        "region",
        (
            "aws_cloudwatch_metric_alarm.symptom",
            "aws_cloudwatch_dashboard.region",
            "aws_cloudwatch_log_metric_filter.server_errors",
            "module.notifications.*",
        ),
    ),
    Part("key", "KMS key<br>(encryption = CUSTOMER)", "region", ("aws_kms_*.data",)),
)

ARROWS = (
    Arrow("clients", "names", "1: which region?"),
    Arrow("clients", "domain", "2: HTTPS"),
    Arrow("names", "checks", "follow"),
    Arrow("checks", "domain", "ask"),
    Arrow("operator", "switches", "PutMetricData"),
    Arrow("checks", "switches", "obey"),
    Arrow("overview", "checks", "watch"),
    Arrow("domain", "gateway"),
    Arrow("firewall", "gateway", "guards"),
    Arrow("gateway", "reader", "GET, HEAD"),
    Arrow("gateway", "writer", "other verbs"),
    Arrow("reader", "table", "reads"),
    Arrow("writer", "table", "writes"),
    Arrow("capacity", "reader"),
    Arrow("capacity", "writer"),
    Arrow("alarms", "gateway", "watch"),
    Arrow("table", "key"),
)

REGIONS = {"primary": "us-east-1, primary", "secondary": "us-west-2, standby"}


def mermaid() -> str:
    """Return the picture, in Mermaid's language."""
    parts = {part.name: part for part in PARTS}
    lines = ["flowchart TB"]
    lines += [f"  {_box(p, p.name)}" for p in PARTS if p.kind != "region"]
    for region, title in REGIONS.items():
        lines.append(f'  subgraph {region} ["{title}"]')
        lines += [f"    {_box(p, _drawn(p, region))}" for p in PARTS if p.kind == "region"]
        lines.append("  end")
    for arrow in ARROWS:
        ends = (parts[arrow.start], parts[arrow.end])
        label = f'|"{arrow.label}"|' if arrow.label else ""
        drawn = (f"{_drawn(ends[0], r)} -->{label} {_drawn(ends[1], r)}" for r in REGIONS)
        lines += [f"  {line}" for line in dict.fromkeys(drawn)]
    return "\n".join(lines) + "\n"


def drawn_into(text: str) -> str:
    """Return a Markdown text with the picture of today between its two marks."""
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not end:
        raise ValueError(f"no place for the picture: it goes between {_BEGIN!r} and {_END!r}")
    return f"{before}{begin}```mermaid\n{mermaid()}```\n{end}{after}"


def _drawn(part: Part, region: str) -> str:
    return f"{region}_{part.name}" if part.kind == "region" else part.name


def _box(part: Part, name: str) -> str:
    return name + _BOXES[part.kind].format(f'"{part.label}"')


if __name__ == "__main__":
    for file in map(Path, sys.argv[1:]):
        file.write_text(drawn_into(file.read_text()))
