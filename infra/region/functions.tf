# What each of the two functions has beside its code: a log group of its own and an alias, which
# is what API Gateway calls, so that a release can move traffic between versions.

locals {
  function_environment = {
    TABLE_NAME = var.table_name
  }

  snap_start = var.snap_start ? ["PublishedVersions"] : []

  # The policies in .chalice/ name these. Their one statement on every resource is for X-Ray, which
  # knows no resource that traces could be limited to.
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
  read_log_group_arn  = aws_cloudwatch_log_group.read.arn
  write_log_group_arn = aws_cloudwatch_log_group.write.arn
}

resource "aws_cloudwatch_log_group" "read" {
  name              = "/aws/lambda/${var.name}-read"
  retention_in_days = var.monitoring.log_retention_days
  kms_key_id        = local.data_key_arn
}

resource "aws_cloudwatch_log_group" "write" {
  name              = "/aws/lambda/${var.name}-write"
  retention_in_days = var.monitoring.log_retention_days
  kms_key_id        = local.data_key_arn
}

# An apply publishes a version and moves nobody to it: `python -m infra release` does, bit by bit, and
# keeps in the description how far it is. So a rollback needs no Terraform, and no plan undoes one.
resource "aws_lambda_alias" "read" {
  name             = "live"
  function_name    = aws_lambda_function.api_handler.function_name
  function_version = aws_lambda_function.api_handler.version

  lifecycle {
    ignore_changes = [description, function_version, routing_config]
  }
}

resource "aws_lambda_alias" "write" {
  name             = "live"
  function_name    = aws_lambda_function.write.function_name
  function_version = aws_lambda_function.write.version

  lifecycle {
    ignore_changes = [description, function_version, routing_config]
  }
}
