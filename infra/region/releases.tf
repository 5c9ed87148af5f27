# What a release goes by: how each version does, and whether the newest is the one that serves.

locals {
  live = {
    read  = { alias = aws_lambda_alias.read, newest = aws_lambda_function.api_handler.version, log_group = aws_cloudwatch_log_group.read.name }
    write = { alias = aws_lambda_alias.write, newest = aws_lambda_function.write.version, log_group = aws_cloudwatch_log_group.write.name }
  }
}

# Lambda calls an answer of 500 a success, and API Gateway does not know versions: only the line that
# chalicelib/answers.py logs tells which version failed. Dimensions come from fields of that line, so
# the metric of a version exists, and costs, only where it has failed.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
resource "aws_cloudwatch_log_metric_filter" "server_errors" {
  for_each = local.live

  name           = "server-errors"
  log_group_name = each.value.log_group
  pattern        = "{ ($.message = \"request\") && ($.status >= 500) }"

  metric_transformation {
    namespace  = "MultiRegionApi"
    name       = "ServerErrors"
    value      = "1"
    unit       = "Count"
    dimensions = { Function = "$.function", Version = "$.version" }
  }
}

# Warns, and changes nothing: a version that does not serve may be one that was rolled back.
check "the_newest_version_serves" {
  assert {
    condition = alltrue([
      for function in values(local.live) :
      function.alias.function_version == function.newest && try(length(function.alias.routing_config[0].additional_version_weights), 0) == 0
    ])
    error_message = "${var.region}: ${join(", ", [
      for kind, function in local.live : "${kind} serves version ${function.alias.function_version} and ${function.newest} is the newest"
    ])}. `python -m infra release` moves clients to the newest; `--status` says how far a release is, or why one was rolled back."
  }
}
