# What each role may do: plan reads what apply manages, and apply manages the stacks by their names.
# Where AWS gives a thing an id instead of a name (APIs, certificates, health checks), the region or the
# tag that the provider writes on everything is as close as IAM can get.
#
# `read` and `manage_...` are by service, so that a service that the stacks don't use can't be reached.

locals {
  # A stack's own name is var.name, or begins with it.
  tagged = { StringLike = { "aws:ResourceTag/Stack" = [var.name, "${var.name}-*"] } }

  arn = {
    tables           = [for region in local.regions : "arn:${local.partition}:dynamodb:${region}:${local.account}:table/${var.name}-*"]
    functions        = [for region in local.regions : "arn:${local.partition}:lambda:${region}:${local.account}:function:${var.name}-*"]
    apis             = flatten([for region in local.regions : [for kind in local.api_kinds : "arn:${local.partition}:apigateway:${region}::/${kind}"]])
    certificates     = [for region in local.regions : "arn:${local.partition}:acm:${region}:${local.account}:certificate/*"]
    zones            = [for id in sort(var.hosted_zone_ids) : "arn:${local.partition}:route53:::hostedzone/${id}"]
    health_checks    = ["arn:${local.partition}:route53:::healthcheck/*"]
    alarms           = ["arn:${local.partition}:cloudwatch:*:${local.account}:alarm:${var.name}-*"]
    dashboards       = ["arn:${local.partition}:cloudwatch::${local.account}:dashboard/${var.name}*"]
    topics           = ["arn:${local.partition}:sns:*:${local.account}:${var.name}-*"]
    keys             = ["arn:${local.partition}:kms:*:${local.account}:key/*"]
    key_aliases      = ["arn:${local.partition}:kms:*:${local.account}:alias/${var.name}-*"]
    roles            = ["arn:${local.partition}:iam::${local.account}:role/${var.name}-*"]
    web_acls         = flatten([for region in local.regions : [for kind in ["webacl", "ipset", "regexpatternset", "rulegroup"] : "arn:${local.partition}:wafv2:${region}:${local.account}:regional/${kind}/${var.name}-*"]])
    managed_rules    = [for region in local.regions : "arn:${local.partition}:wafv2:${region}:${local.account}:regional/managedruleset/*"]
    stages           = [for region in local.regions : "arn:${local.partition}:apigateway:${region}::/restapis/*/stages/*"]
    log_groups       = flatten([for region in local.regions : [for prefix in local.log_prefixes : "arn:${local.partition}:logs:${region}:${local.account}:log-group:${prefix}${var.name}*"]])
    scalable_targets = [for region in local.regions : "arn:${local.partition}:application-autoscaling:${region}:${local.account}:scalable-target/*"]
  }

  api_kinds = [
    "account", "apikeys", "apikeys/*", "domainnames", "domainnames/*", "restapis", "restapis/*",
    "tags/*", "usageplans", "usageplans/*",
  ]
  log_prefixes = ["/aws/lambda/", "/aws/apigateway/", "aws-waf-logs-", ""]

  # Actions that name no resource, or list all there are.
  listed = [
    "acm:ListCertificates", "application-autoscaling:Describe*", "application-autoscaling:ListTagsForResource",
    "cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource", "dynamodb:ListTables", "kms:ListAliases",
    "lambda:ListFunctions", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies", "logs:GetLogDelivery",
    "logs:ListLogDeliveries", "route53:GetChange", "route53:ListHealthChecks", "route53:ListHostedZones",
    "route53:ListHostedZonesByName", "sts:GetCallerIdentity", "wafv2:ListWebACLs",
  ]

  read = [
    { Action = local.listed, Resource = ["*"] },
    { Action = ["acm:DescribeCertificate", "acm:ListTagsForCertificate"], Resource = local.arn.certificates },
    { Action = ["apigateway:GET"], Resource = local.arn.apis },
    { Action = ["cloudwatch:GetDashboard"], Resource = local.arn.dashboards },
    { Action = ["dynamodb:Describe*", "dynamodb:ListTagsOfResource"], Resource = local.arn.tables },
    { Action = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies", "iam:ListRoleTags"], Resource = local.arn.roles },
    { Action = ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"], Resource = local.arn.keys, Condition = local.tagged },
    { Action = ["lambda:Get*", "lambda:List*"], Resource = local.arn.functions },
    { Action = ["logs:DescribeLogStreams", "logs:DescribeMetricFilters", "logs:DescribeSubscriptionFilters", "logs:ListTagsForResource", "logs:ListTagsLogGroup"], Resource = local.arn.log_groups },
    { Action = ["route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:ListTagsForResource"], Resource = local.arn.zones },
    { Action = ["route53:GetHealthCheck", "route53:ListTagsForResource"], Resource = local.arn.health_checks },
    { Action = ["sns:Get*", "sns:ListSubscriptionsByTopic", "sns:ListTagsForResource"], Resource = local.arn.topics },
    { Action = ["wafv2:Get*", "wafv2:ListTagsForResource"], Resource = concat(local.arn.web_acls, local.arn.stages) },
  ]

  # What answers: names, certificates, APIs, functions.
  manage_serving = [
    { Action = ["acm:RequestCertificate"], Resource = ["*"], Condition = local.in_regions },
    { Action = ["acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:RemoveTagsFromCertificate", "acm:UpdateCertificateOptions"], Resource = local.arn.certificates },
    { Action = ["apigateway:DELETE", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT", "apigateway:SetWebACL"], Resource = local.arn.apis },
    { Action = ["application-autoscaling:DeleteScalingPolicy", "application-autoscaling:DeleteScheduledAction", "application-autoscaling:DeregisterScalableTarget", "application-autoscaling:PutScalingPolicy", "application-autoscaling:PutScheduledAction", "application-autoscaling:RegisterScalableTarget", "application-autoscaling:TagResource", "application-autoscaling:UntagResource"], Resource = local.arn.scalable_targets },
    { Action = ["lambda:AddPermission", "lambda:Create*", "lambda:Delete*", "lambda:InvokeFunction", "lambda:Publish*", "lambda:Put*", "lambda:RemovePermission", "lambda:TagResource", "lambda:UntagResource", "lambda:Update*"], Resource = local.arn.functions },
    # What a release judges a version by; it names no resource.
    { Action = ["cloudwatch:GetMetricData"], Resource = ["*"] },
    { Action = ["route53:ChangeResourceRecordSets"], Resource = local.arn.zones },
    { Action = ["route53:CreateHealthCheck"], Resource = ["*"] },
    { Action = ["route53:ChangeTagsForResource", "route53:DeleteHealthCheck", "route53:UpdateHealthCheck"], Resource = local.arn.health_checks },
    { Action = ["wafv2:AssociateWebACL", "wafv2:Create*", "wafv2:Delete*", "wafv2:DisassociateWebACL", "wafv2:PutLoggingConfiguration", "wafv2:TagResource", "wafv2:UntagResource", "wafv2:Update*"], Resource = concat(local.arn.web_acls, local.arn.managed_rules, local.arn.stages) },
  ]

  # What is kept, and what watches.
  manage_keeping = [
    { Action = ["cloudwatch:DeleteAlarms", "cloudwatch:PutCompositeAlarm", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource"], Resource = local.arn.alarms },
    { Action = ["cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard"], Resource = local.arn.dashboards },
    # Making a replica reads and writes items with the rights of who makes it:
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables-security.html
    { Action = ["dynamodb:BatchWriteItem", "dynamodb:CreateTable", "dynamodb:CreateTableReplica", "dynamodb:DeleteItem", "dynamodb:DeleteTable", "dynamodb:DeleteTableReplica", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:TagResource", "dynamodb:UntagResource", "dynamodb:UpdateContinuousBackups", "dynamodb:UpdateContributorInsights", "dynamodb:UpdateItem", "dynamodb:UpdateTable", "dynamodb:UpdateTimeToLive"], Resource = concat(local.arn.tables, [for arn in local.arn.tables : "${arn}/index/*"]) },
    { Action = ["kms:CreateKey", "kms:TagResource"], Resource = ["*"], Condition = { StringLike = { "aws:RequestTag/Stack" = [var.name, "${var.name}-*"] } } },
    { Action = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"], Resource = local.arn.key_aliases },
    { Action = ["kms:CreateAlias", "kms:DeleteAlias", "kms:EnableKeyRotation", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:UntagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription"], Resource = local.arn.keys, Condition = local.tagged },
    { Action = ["logs:CreateLogGroup", "logs:Delete*", "logs:PutMetricFilter", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource", "logs:TagLogGroup", "logs:UntagLogGroup"], Resource = local.arn.log_groups },
    { Action = ["logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:PutResourcePolicy", "logs:UpdateLogDelivery"], Resource = ["*"], Condition = local.in_regions },
    { Action = ["sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource", "sns:Unsubscribe", "sns:UntagResource"], Resource = local.arn.topics },
  ]

  # A role that could write itself a policy, or hand a function a role of its making, would have no
  # bounds: so roles are made, and policies written, only under the boundary.
  manage_roles = [
    { Action = ["iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"], Resource = local.arn.roles, Condition = { StringEquals = { "iam:PermissionsBoundary" = aws_iam_policy.functions_boundary.arn } } },
    { Action = ["iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription"], Resource = local.arn.roles },
    { Action = ["iam:PassRole"], Resource = local.arn.roles, Condition = { StringEquals = { "iam:PassedToService" = ["apigateway.amazonaws.com", "lambda.amazonaws.com"] } } },
    { Action = ["iam:CreateServiceLinkedRole"], Resource = ["arn:${local.partition}:iam::${local.account}:role/aws-service-role/*"], Condition = { StringEquals = { "iam:AWSServiceName" = local.linked_services } } },
  ]

  linked_services = [
    "lambda.application-autoscaling.amazonaws.com", "ops.apigateway.amazonaws.com",
    "replication.dynamodb.amazonaws.com", "wafv2.amazonaws.com",
  ]
  in_regions = { StringEquals = { "aws:RequestedRegion" = local.regions } }

  # Locks are files beside the states; kept plans are what an approval waits for. All of it in the
  # replica too, for the day on which the first region is lost.
  buckets    = [module.state.arn, module.replica.arn]
  lock_table = [for arn in aws_dynamodb_table.lock[*].arn : { Action = ["dynamodb:DeleteItem", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:PutItem"], Resource = [arn] }]
  plan_state = concat(local.lock_table, [
    { Action = ["s3:ListBucket"], Resource = local.buckets },
    { Action = ["s3:GetObject"], Resource = [for arn in local.buckets : "${arn}/${local.states}"] },
    { Action = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], Resource = [for arn in local.buckets : "${arn}/${local.states}.tflock"] },
    { Action = ["s3:GetObject", "s3:PutObject"], Resource = [for arn in local.buckets : "${arn}/plans/*"] },
  ])
  apply_state = concat(local.plan_state, [
    { Action = ["s3:PutObject"], Resource = [for arn in local.buckets : "${arn}/${local.states}"] },
  ])
  # Not the bootstrap's own, with which CI has no business.
  states = "stacks/*.tfstate"
}

locals {
  # By name, none longer than IAM takes (6,144 characters).
  policies = {
    read        = local.read
    serving     = local.manage_serving
    keeping     = local.manage_keeping
    roles       = local.manage_roles
    plan-state  = local.plan_state
    apply-state = local.apply_state
  }

  attached = merge(
    { for policy in ["read", "plan-state"] : "plan-${policy}" => { role = aws_iam_role.plan.name, policy = policy } },
    { for policy in ["read", "serving", "keeping", "roles", "apply-state"] : "apply-${policy}" => { role = aws_iam_role.apply.name, policy = policy } },
  )
}

resource "aws_iam_policy" "this" {
  provider = aws.primary
  for_each = local.policies

  name   = "${var.name}-${each.key}"
  path   = local.path
  policy = jsonencode({ Version = "2012-10-17", Statement = [for statement in each.value : merge({ Effect = "Allow" }, statement)] })
}

resource "aws_iam_role_policy_attachment" "this" {
  provider = aws.primary
  for_each = local.attached

  role       = each.value.role
  policy_arn = aws_iam_policy.this[each.value.policy].arn
}
