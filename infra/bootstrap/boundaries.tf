# What no policy can give away, however it came to be there.

# The apply role's: the services that a stack is made of, and nothing that guards the deployment itself.
resource "aws_iam_policy" "apply_boundary" {
  provider = aws.primary

  name        = "${var.name}-apply-boundary"
  description = "The most that ${var.name}'s apply role may ever do."
  path        = local.path

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "WhatAStackIsMadeOf"
        Effect = "Allow"
        Action = [
          "acm:*", "apigateway:*", "application-autoscaling:*", "cloudwatch:*", "dynamodb:*", "iam:*", "kms:*",
          "lambda:*", "logs:*", "route53:*", "s3:*", "sns:*", "sts:GetCallerIdentity", "wafv2:*",
        ]
        Resource = "*"
      },
      {
        Sid       = "NothingOfItsOwn"
        Effect    = "Deny"
        NotAction = ["iam:Get*", "iam:List*"]
        Resource = concat(
          [for kind in ["policy", "role"] : "arn:${local.partition}:iam::${local.account}:${kind}${local.path}*"],
          ["arn:${local.partition}:iam::${local.account}:oidc-provider/*"],
        )
      },
      {
        Sid      = "NobodysCredentials"
        Effect   = "Deny"
        Action   = ["iam:*AccessKey*", "iam:*Group*", "iam:*LoginProfile*", "iam:*User*", "iam:DeleteRolePermissionsBoundary"]
        Resource = "*"
      },
      {
        Sid      = "NoBucketNorVersionOfAState"
        Effect   = "Deny"
        Action   = ["s3:DeleteBucket*", "s3:DeleteObjectVersion", "s3:PutBucket*", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration", "s3:PutReplicationConfiguration"]
        Resource = "*"
      },
    ]
  })
}

# Of the roles that a stack makes: what a function does with its table, and what writes logs. All of
# AmazonAPIGatewayPushToCloudWatchLogs is within it, for API Gateway takes no log role that can do less:
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonAPIGatewayPushToCloudWatchLogs.html
resource "aws_iam_policy" "functions_boundary" {
  #checkov:skip=CKV_AWS_290:A boundary grants nothing: each role's own policy names the log groups that it writes.
  #checkov:skip=CKV_AWS_355:Likewise; and the role for API Gateway's logs writes those of any API of the account.
  provider = aws.primary

  name        = "${var.name}-functions-boundary"
  description = "The most that a role made by a stack of ${var.name} may ever do."
  path        = local.path

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Items"
        Effect = "Allow"
        Action = [
          "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem",
          "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan",
          "dynamodb:UpdateItem",
        ]
        Resource = concat(local.arn.tables, [for arn in local.arn.tables : "${arn}/index/*"])
      },
      {
        # Where a table is under a key of one's own, DynamoDB uses that in the function's name. The key's
        # policy names the role, which a boundary limits all the same:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
        Sid       = "KeysOfItems"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = local.arn.keys
        Condition = local.by_dynamodb
      },
      {
        Sid    = "LogsAndTraces"
        Effect = "Allow"
        Action = [
          "cloudwatch:PutMetricData", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogGroups",
          "logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents", "logs:PutLogEvents",
          "xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments",
        ]
        Resource = "*"
      },
    ]
  })
}
