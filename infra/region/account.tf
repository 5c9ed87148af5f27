# Which account and partition this is, and what API Gateway needs of it: one role, with which it
# writes the logs of every API that the account has in this region.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

# One setting for the whole account and region: of two stacks there, one must leave it alone.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
resource "aws_api_gateway_account" "this" {
  count = var.manage_api_gateway_log_role ? 1 : 0

  cloudwatch_role_arn = aws_iam_role.gateway_logs[0].arn

  # API Gateway refuses a role that can't write logs yet.
  depends_on = [aws_iam_role_policy_attachment.gateway_logs]
}

resource "aws_iam_role" "gateway_logs" {
  count = var.manage_api_gateway_log_role ? 1 : 0

  name                 = "${var.name}-${var.region}-gateway"
  permissions_boundary = var.permissions_boundary

  # Without aws:SourceAccount, which no policy of AWS's own for this role has: API Gateway is known to
  # leave it out when it takes on a role, and would then be refused. A role can't be passed to it from
  # another account anyway.
  # https://github.com/aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws/pull/479
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "apigateway.amazonaws.com" }
        Action    = "sts:AssumeRole"
      },
    ]
  })
}

# AWS's own policy, since the role is for logs of any API of the account, not of this one alone, and
# API Gateway checks what it holds.
resource "aws_iam_role_policy_attachment" "gateway_logs" {
  count = var.manage_api_gateway_log_role ? 1 : 0

  role       = aws_iam_role.gateway_logs[0].name
  policy_arn = "arn:${data.aws_partition.this.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}
