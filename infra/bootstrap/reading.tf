# What a plan reads of a stack, and `python -m infra status`: action by action, so that what is not
# listed here can't be read. tests/delivery/test_reference.py holds each to what AWS knows of it.

locals {
  # Of what answers: names, certificates, APIs, functions, the firewall.
  read_serving = [
    # Of these AWS knows no resource, or none by name, or they list what there is.
    { Action = ["application-autoscaling:DescribeScalableTargets", "application-autoscaling:DescribeScalingPolicies", "application-autoscaling:DescribeScheduledActions", "application-autoscaling:ListTagsForResource"], Resource = ["*"] },
    { Action = ["route53:GetChange", "route53:ListHostedZones", "route53:ListHostedZonesByName"], Resource = ["*"] },

    { Action = ["acm:DescribeCertificate", "acm:ListTagsForCertificate"], Resource = local.arn.certificates },
    { Action = ["apigateway:GET"], Resource = local.arn.apis },
    { Action = ["lambda:GetAlias", "lambda:GetFunction", "lambda:GetFunctionCodeSigningConfig", "lambda:GetFunctionConcurrency", "lambda:GetFunctionConfiguration", "lambda:GetPolicy", "lambda:GetProvisionedConcurrencyConfig", "lambda:GetRuntimeManagementConfig", "lambda:ListAliases", "lambda:ListProvisionedConcurrencyConfigs", "lambda:ListTags", "lambda:ListVersionsByFunction"], Resource = local.arn.functions },
    { Action = ["route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:ListTagsForResource"], Resource = local.arn.zones },
    { Action = ["route53:GetHealthCheck", "route53:GetHealthCheckStatus", "route53:ListTagsForResource"], Resource = local.arn.health_checks },
    { Action = ["wafv2:GetLoggingConfiguration", "wafv2:GetWebACL", "wafv2:ListTagsForResource"], Resource = local.arn.web_acls },
    { Action = ["wafv2:GetWebACLForResource"], Resource = concat(local.arn.web_acls, local.arn.stages) },
  ]

  # Of what is kept and what watches, and of the roles.
  read_keeping = [
    # Of these AWS knows no resource, or none by name, or they list what there is.
    { Action = ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics"], Resource = ["*"] },
    { Action = ["kms:ListAliases", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies", "logs:GetLogDelivery", "logs:ListLogDeliveries"], Resource = ["*"] },
    { Action = ["sns:GetSubscriptionAttributes", "sts:GetCallerIdentity"], Resource = ["*"] },

    { Action = ["cloudwatch:GetDashboard", "cloudwatch:ListTagsForResource"], Resource = concat(local.arn.dashboards, local.arn.alarms) },
    { Action = ["dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "dynamodb:ListTagsOfResource"], Resource = local.arn.tables },
    { Action = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies", "iam:ListRoleTags"], Resource = local.arn.roles },
    # Of every key in the account, as a new key's tag may take minutes to count, and as the provider
    # asks for the one that AWS manages for DynamoDB, which has no tag.
    # https://docs.aws.amazon.com/kms/latest/developerguide/abac.html
    { Action = ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"], Resource = local.arn.keys },
    { Action = ["logs:DescribeMetricFilters", "logs:ListTagsForResource"], Resource = concat(local.arn.log_groups, local.arn.execution_logs) },
    { Action = ["sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:ListTagsForResource"], Resource = local.arn.topics },
  ]
}
