# The stage that serves, and the key that writes need.

locals {
  stage_name = "v1"
  api_keys   = var.write_authorization == "API_KEY" ? 1 : 0
}

resource "aws_api_gateway_stage" "live" {
  rest_api_id   = aws_api_gateway_rest_api.rest_api.id
  deployment_id = aws_api_gateway_deployment.rest_api.id
  stage_name    = local.stage_name
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
}

resource "aws_api_gateway_usage_plan_key" "clients" {
  count = local.api_keys

  key_id        = aws_api_gateway_api_key.clients[0].id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.clients[0].id
}
