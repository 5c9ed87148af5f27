# What an apply makes, changes and deletes, beside what it reads: action by action, on the stacks' own
# things. tests/delivery/test_reference.py holds each to what AWS knows of it.

locals {
  # What answers: names, certificates, APIs, functions, the firewall.
  manage_serving = [
    { Action = ["acm:AddTagsToCertificate", "acm:RequestCertificate"], Resource = ["*"], Condition = merge(local.tagging, local.in_regions) },
    { Action = ["acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:RemoveTagsFromCertificate", "acm:UpdateCertificateOptions"], Resource = local.arn.certificates, Condition = local.tagged },
    { Action = ["apigateway:DELETE", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT"], Resource = local.arn.apis },
    { Action = ["application-autoscaling:DeleteScalingPolicy", "application-autoscaling:DeleteScheduledAction", "application-autoscaling:DeregisterScalableTarget", "application-autoscaling:PutScalingPolicy", "application-autoscaling:PutScheduledAction", "application-autoscaling:RegisterScalableTarget"], Resource = local.arn.scalable_targets, Condition = { StringEquals = { "application-autoscaling:service-namespace" = "lambda" } } },
    { Action = ["application-autoscaling:TagResource", "application-autoscaling:UntagResource"], Resource = local.arn.scalable_targets },
    { Action = ["lambda:AddPermission", "lambda:CreateAlias", "lambda:CreateFunction", "lambda:DeleteAlias", "lambda:DeleteFunction", "lambda:DeleteFunctionConcurrency", "lambda:DeleteProvisionedConcurrencyConfig", "lambda:InvokeFunction", "lambda:PublishVersion", "lambda:PutFunctionConcurrency", "lambda:PutProvisionedConcurrencyConfig", "lambda:RemovePermission", "lambda:TagResource", "lambda:UntagResource", "lambda:UpdateAlias", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"], Resource = local.arn.functions },
    { Action = ["route53:ChangeResourceRecordSets"], Resource = local.arn.zones },
    { Action = ["route53:CreateHealthCheck"], Resource = ["*"] },
    { Action = ["route53:ChangeTagsForResource", "route53:DeleteHealthCheck", "route53:UpdateHealthCheck"], Resource = local.arn.health_checks },
    { Action = ["wafv2:CreateWebACL", "wafv2:UpdateWebACL"], Resource = concat(local.arn.web_acls, local.arn.managed_rules) },
    { Action = ["wafv2:DeleteLoggingConfiguration", "wafv2:DeleteWebACL", "wafv2:PutLoggingConfiguration", "wafv2:TagResource", "wafv2:UntagResource"], Resource = local.arn.web_acls },
    { Action = ["wafv2:AssociateWebACL", "wafv2:DisassociateWebACL"], Resource = concat(local.arn.web_acls, local.arn.stages) },
    { Action = ["apigateway:SetWebACL"], Resource = local.arn.stages },
  ]

  # What is kept, and what watches.
  manage_keeping = [
    { Action = ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm"], Resource = concat(local.arn.alarms, local.arn.scaling_alarms) },
    { Action = ["cloudwatch:TagResource", "cloudwatch:UntagResource"], Resource = local.arn.alarms },
    { Action = ["cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard"], Resource = local.arn.dashboards },
    # The operator's switch, and no other number.
    { Action = ["cloudwatch:PutMetricData"], Resource = ["*"], Condition = { StringEquals = { "cloudwatch:namespace" = "MultiRegionApi" } } },
    # Making a replica reads and writes items with the rights of who makes it:
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables-security.html
    { Action = ["dynamodb:BatchWriteItem", "dynamodb:CreateTable", "dynamodb:CreateTableReplica", "dynamodb:DeleteItem", "dynamodb:DeleteTable", "dynamodb:DeleteTableReplica", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:TagResource", "dynamodb:UntagResource", "dynamodb:UpdateContinuousBackups", "dynamodb:UpdateItem", "dynamodb:UpdateTable", "dynamodb:UpdateTimeToLive"], Resource = local.arn.tables },
    { Action = ["kms:CreateKey", "kms:TagResource"], Resource = ["*"], Condition = local.tagging },
    { Action = ["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateKeyDescription"], Resource = local.arn.keys, Condition = local.tagged },
    # Without the tag, as what follows a key's creation at once can't wait until its tag counts.
    { Action = ["kms:EnableKeyRotation"], Resource = local.arn.keys },
    { Action = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"], Resource = concat(local.arn.aliases, local.arn.keys) },
    # Whoever makes a table under a key of one's own has DynamoDB use that key:
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
    { Action = ["kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"], Resource = local.arn.keys, Condition = local.by_dynamodb },
    { Action = ["logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DeleteMetricFilter", "logs:DeleteRetentionPolicy", "logs:DisassociateKmsKey", "logs:PutMetricFilter", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource"], Resource = local.arn.log_groups },
    { Action = ["logs:CreateLogGroup", "logs:TagResource"], Resource = local.arn.execution_logs, Condition = local.tagging },
    { Action = ["logs:AssociateKmsKey", "logs:DeleteLogGroup", "logs:DeleteRetentionPolicy", "logs:DisassociateKmsKey", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource"], Resource = local.arn.execution_logs, Condition = local.tagged },
    # With which the firewall's log is set up:
    # https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
    { Action = ["logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:PutResourcePolicy", "logs:UpdateLogDelivery"], Resource = ["*"], Condition = local.in_regions },
    { Action = ["sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource", "sns:UntagResource"], Resource = local.arn.topics },
    { Action = ["sns:SetSubscriptionAttributes", "sns:Unsubscribe"], Resource = ["*"] },
  ]

  # A role that could write itself a policy, or hand a function a role of its making, would have no
  # bounds: so roles are made, and policies written, only under the boundary.
  manage_roles = [
    { Action = ["iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"], Resource = local.arn.roles, Condition = { StringEquals = { "iam:PermissionsBoundary" = aws_iam_policy.functions_boundary.arn } } },
    { Action = ["iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription"], Resource = local.arn.roles },
    { Action = ["iam:PassRole"], Resource = local.arn.roles, Condition = { StringEquals = { "iam:PassedToService" = ["apigateway.amazonaws.com", "lambda.amazonaws.com"] } } },
    # Which AWS makes for itself when a service is first used.
    { Action = ["iam:CreateServiceLinkedRole"], Resource = [for service in local.linked_services : "arn:${local.partition}:iam::${local.account}:role/aws-service-role/${service}/*"], Condition = { StringEquals = { "iam:AWSServiceName" = local.linked_services } } },
  ]

  linked_services = [
    "lambda.application-autoscaling.amazonaws.com", "ops.apigateway.amazonaws.com",
    "replication.dynamodb.amazonaws.com", "wafv2.amazonaws.com",
  ]
  by_dynamodb = { StringEquals = { "kms:ViaService" = [for region in local.regions : "dynamodb.${region}.${data.aws_partition.this.dns_suffix}"] } }
}
