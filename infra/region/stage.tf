# The stage that serves, how much it takes, and the key that writes need.

locals {
  stage_name = "v1"
  api_keys   = var.write_authorization == "API_KEY" ? 1 : 0
}

resource "aws_api_gateway_stage" "live" {
  #checkov:skip=CKV_AWS_120:After a failover a cache would answer what the other region has replaced meanwhile.
  #checkov:skip=CKV2_AWS_51:That certificate shows API Gateway to an HTTP backend; a function knows it by its permission.
  #checkov:skip=CKV2_AWS_77:It asks for AWSManagedRulesAnonymousIpList too, which would block the health checkers: see waf.tf.

  rest_api_id          = aws_api_gateway_rest_api.rest_api.id
  deployment_id        = aws_api_gateway_deployment.rest_api.id
  stage_name           = local.stage_name
  xray_tracing_enabled = true

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = jsonencode(local.access_log)
  }

  depends_on = [
    # API Gateway refuses a stage that logs before the account has a role for it.
    aws_api_gateway_account.this,
    # A route that is served before its function may be called answers 500.
    aws_lambda_permission.rest_api_invoke,
  ]
}

resource "aws_api_gateway_method_settings" "all" {
  #checkov:skip=CKV_AWS_225:As of the stage; and a health check that a cache answers does not see the table.

  rest_api_id = aws_api_gateway_rest_api.rest_api.id
  stage_name  = aws_api_gateway_stage.live.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = true
    logging_level          = "ERROR"
    data_trace_enabled     = false # it logs whole bodies and headers, the API key's with them
    throttling_rate_limit  = var.limits.requests_per_second
    throttling_burst_limit = var.limits.burst
  }

  depends_on = [aws_cloudwatch_log_group.execution]
}

resource "aws_api_gateway_api_key" "clients" {
  count = local.api_keys

  name  = "${var.name}-clients"
  value = var.api_key_value
}

resource "aws_api_gateway_usage_plan" "clients" {
  count = local.api_keys

  name = "${var.name}-clients"

  api_stages {
    api_id = aws_api_gateway_rest_api.rest_api.id
    stage  = aws_api_gateway_stage.live.stage_name
  }

  throttle_settings {
    rate_limit  = var.limits.writes_per_second
    burst_limit = var.limits.write_burst
  }

  dynamic "quota_settings" {
    for_each = var.limits.writes_per_day[*]
    content {
      limit  = quota_settings.value
      period = "DAY"
    }
  }
}

resource "aws_api_gateway_usage_plan_key" "clients" {
  count = local.api_keys

  key_id        = aws_api_gateway_api_key.clients[0].id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.clients[0].id
}
