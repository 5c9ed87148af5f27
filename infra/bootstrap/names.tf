# What the stacks' things are called. A stack's own name is var.name, or begins with it and a hyphen.
# Where AWS gives a thing an id instead of a name (APIs, certificates, keys, health checks), its region,
# or the tag that the provider writes on everything, is as close as IAM can get.

locals {
  arn = {
    tables           = [for region in local.regions : "arn:${local.partition}:dynamodb:${region}:${local.account}:table/${var.name}-*"]
    functions        = [for region in local.regions : "arn:${local.partition}:lambda:${region}:${local.account}:function:${var.name}-*"]
    scalable_targets = [for region in local.regions : "arn:${local.partition}:application-autoscaling:${region}:${local.account}:scalable-target/*"]
    apis             = flatten([for region in local.regions : [for kind in local.api_kinds : "arn:${local.partition}:apigateway:${region}::/${kind}"]])
    stages           = [for region in local.regions : "arn:${local.partition}:apigateway:${region}::/restapis/*/stages/*"]
    certificates     = [for region in local.regions : "arn:${local.partition}:acm:${region}:${local.account}:certificate/*"]
    web_acls         = [for region in local.regions : "arn:${local.partition}:wafv2:${region}:${local.account}:regional/webacl/${var.name}-*"]
    managed_rules    = [for region in local.regions : "arn:${local.partition}:wafv2:${region}:${local.account}:regional/managedruleset/*"]
    log_groups       = flatten([for region in local.regions : [for name in local.log_groups : "arn:${local.partition}:logs:${region}:${local.account}:log-group:${name}"]])
    # Which API Gateway names by the API's id: no pattern tells it from another stack's.
    execution_logs = [for region in local.regions : "arn:${local.partition}:logs:${region}:${local.account}:log-group:API-Gateway-Execution-Logs_*"]
    zones          = [for id in sort(var.hosted_zone_ids) : "arn:${local.partition}:route53:::hostedzone/${id}"]
    health_checks  = ["arn:${local.partition}:route53:::healthcheck/*"]
    roles          = ["arn:${local.partition}:iam::${local.account}:role/${var.name}-*"]

    # In any region: Route 53's metrics, and so the alarms on them, may be in a third.
    alarms     = ["arn:${local.partition}:cloudwatch:*:${local.account}:alarm:${var.name}-*"]
    topics     = ["arn:${local.partition}:sns:*:${local.account}:${var.name}-*"]
    keys       = ["arn:${local.partition}:kms:*:${local.account}:key/*"]
    aliases    = ["arn:${local.partition}:kms:*:${local.account}:alias/${var.name}-*"]
    dashboards = [for name in [var.name, "${var.name}-*"] : "arn:${local.partition}:cloudwatch::${local.account}:dashboard/${name}"]

    # Those that follow a target are named by Application Auto Scaling.
    scaling_alarms = ["arn:${local.partition}:cloudwatch:*:${local.account}:alarm:TargetTracking-function:${var.name}-*"]
  }

  api_kinds = [
    "account", "apikeys", "apikeys/*", "domainnames", "domainnames/*", "restapis", "restapis/*",
    "tags/*", "usageplans", "usageplans/*",
  ]
  # IAM knows a log group by its name for what has to do with tags, and else by that and ":*":
  # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
  log_groups = [
    "/aws/lambda/${var.name}-*", "/aws/apigateway/${var.name}-*",
    "aws-waf-logs-${var.name}", "aws-waf-logs-${var.name}:*", "aws-waf-logs-${var.name}-*",
  ]

  stacks     = [var.name, "${var.name}-*"]
  tagged     = { StringLike = { "aws:ResourceTag/Stack" = local.stacks } }
  tagging    = { StringLike = { "aws:RequestTag/Stack" = local.stacks } }
  in_regions = { StringEquals = { "aws:RequestedRegion" = local.regions } }
}
