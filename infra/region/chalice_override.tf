# What Terraform's own override mechanism changes in the resources that Chalice generated.
# https://developer.hashicorp.com/terraform/language/files/override

resource "aws_iam_role" "api_handler_role" {
  # Role names are global: Chalice's would clash with a second stack in the account.
  name                 = "${var.name}-${var.region}-read"
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role" "write_role" {
  name                 = "${var.name}-${var.region}-write"
  permissions_boundary = var.permissions_boundary
}

resource "aws_lambda_function" "api_handler" {
  #checkov:skip=CKV_AWS_116:API Gateway waits for the answer: a dead letter queue is for calls that nobody waits for.
  #checkov:skip=CKV_AWS_117:DynamoDB is reached over TLS with the role's rights; a VPC would add endpoints to pay for, and guard nothing.
  #checkov:skip=CKV_AWS_173:The environment is the table's name, which is no secret.
  #checkov:skip=CKV_AWS_272:The package is built by the apply that uploads it, so the signature would be of the same hand.

  function_name = "${var.name}-read"
  runtime       = "python3.13" # Chalice takes the packaging interpreter's
  architectures = ["arm64"]    # cheaper per millisecond than x86_64
  memory_size   = 512
  timeout       = 10
  publish       = true

  environment {
    variables = local.function_environment
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.read.name
    application_log_level = "INFO"
    system_log_level      = "WARN"
  }

  tracing_config {
    mode = "Active"
  }

  dynamic "snap_start" {
    for_each = local.snap_start
    content {
      apply_on = snap_start.value
    }
  }

  reserved_concurrent_executions = var.reserved_concurrency.read
}

resource "aws_lambda_function" "write" {
  #checkov:skip=CKV_AWS_116:API Gateway waits for the answer: a dead letter queue is for calls that nobody waits for.
  #checkov:skip=CKV_AWS_117:DynamoDB is reached over TLS with the role's rights; a VPC would add endpoints to pay for, and guard nothing.
  #checkov:skip=CKV_AWS_173:The environment is the table's name, which is no secret.
  #checkov:skip=CKV_AWS_272:The package is built by the apply that uploads it, so the signature would be of the same hand.

  function_name = "${var.name}-write"
  runtime       = "python3.13"
  architectures = ["arm64"]
  memory_size   = 512
  timeout       = 10
  publish       = true

  environment {
    variables = local.function_environment
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.write.name
    application_log_level = "INFO"
    system_log_level      = "WARN"
  }

  tracing_config {
    mode = "Active"
  }

  dynamic "snap_start" {
    for_each = local.snap_start
    content {
      apply_on = snap_start.value
    }
  }

  reserved_concurrent_executions = var.reserved_concurrency.write
}

# By verb, for whichever function serves it: so of either function just its alias, on just this stage.
resource "aws_lambda_permission" "rest_api_invoke" {
  for_each = local.function_by_verb

  function_name = each.value.function_name
  qualifier     = each.value.name
  source_arn    = "${aws_api_gateway_rest_api.rest_api.execution_arn}/${local.stage_name}/${upper(each.key)}/*"
}

resource "aws_api_gateway_rest_api" "rest_api" {
  name = var.name
  body = local.api_body
  # Nobody walks round the custom domain, and so round what guards it.
  disable_execute_api_endpoint = true
}

resource "aws_api_gateway_deployment" "rest_api" {
  triggers = {
    body = sha256(local.api_body)
  }
}

output "EndpointURL" {
  value = "https://${local.regional_domain_name}/"
}
