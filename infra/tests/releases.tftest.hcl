# An apply publishes versions and moves no clients. The runs are on one region's module, for a run
# sees the resources of its own module only; they share its state, and so go on from one another.

mock_provider "aws" {
  alias  = "primary"
  source = "./tests/aws"
}

mock_provider "aws" {
  alias  = "secondary"
  source = "./tests/aws"
}

mock_provider "aws" {
  alias  = "global"
  source = "./tests/aws"
}

variables {
  name                    = "stack"
  region                  = "us-east-1"
  peer_region             = "us-west-2"
  standby                 = false
  warm                    = false
  provisioned_concurrency = { read = { min = 5, max = 50 }, write = { min = 2, max = 50 } }
  snap_start              = false
  reserved_concurrency    = { read = null, write = null }
  domain_name             = "api.example.com"
  hosted_zone_id          = "Z0"
  validation_record_fqdns = []
  table_arn               = "arn:aws:dynamodb:us-east-1:123456789012:table/stack-items"
  table_name              = "stack-items"
  write_authorization     = "API_KEY"
  encryption              = "AWS_OWNED"

  manage_api_gateway_log_role = true

  monitoring = { email = null, dashboards = true, log_retention_days = 365 }
  limits     = { requests_per_second = 1000, burst = 500, writes_per_second = 400, write_burst = 200, writes_per_day = 5000 }
  # The provider takes seconds for a firewall, of which no run here sees anything.
  waf = {
    enabled              = false
    rate_limit           = 10000
    rate                 = "BLOCK"
    ip_reputation        = "BLOCK"
    known_bad_inputs     = "BLOCK"
    common               = "BLOCK"
    common_rules_counted = []
  }
}

run "the_first_apply_serves_what_it_publishes" {
  providers = { aws = aws.primary }

  module {
    source = "./build/primary"
  }

  override_resource {
    target = aws_lambda_function.api_handler
    values = { version = "1", invoke_arn = "unaliased" }
  }

  override_resource {
    target = aws_lambda_function.write
    values = { version = "1", invoke_arn = "unaliased" }
  }

  assert {
    condition     = aws_lambda_alias.read.function_version == "1" && aws_lambda_alias.write.function_version == "1"
    error_message = "Without a version each alias would serve nobody."
  }

  assert {
    condition     = aws_lambda_function.api_handler.publish && aws_lambda_function.write.publish
    error_message = "A release moves clients from one published version to another."
  }
}

run "a_later_apply_moves_nobody_and_says_so" {
  command = plan
  # Made anew, as a mocked function publishes no second version.
  plan_options {
    replace = [aws_lambda_function.api_handler, aws_lambda_function.write]
  }
  providers = { aws = aws.primary }

  module {
    source = "./build/primary"
  }

  override_resource {
    target          = aws_lambda_function.api_handler
    override_during = plan
    values          = { version = "2", invoke_arn = "unaliased" }
  }

  override_resource {
    target          = aws_lambda_function.write
    override_during = plan
    values          = { version = "2", invoke_arn = "unaliased" }
  }

  expect_failures = [check.the_newest_version_serves]

  assert {
    condition     = aws_lambda_alias.read.function_version == "1" && aws_lambda_alias.write.function_version == "1"
    error_message = "An apply must leave each alias on the version that a release has put it on."
  }
}

run "the_5xx_of_each_version_are_counted" {
  command   = plan
  providers = { aws = aws.primary }

  module {
    source = "./build/primary"
  }

  assert {
    condition = alltrue([
      for kind in ["read", "write"] :
      aws_cloudwatch_log_metric_filter.server_errors[kind].log_group_name == "/aws/lambda/stack-${kind}"
      && aws_cloudwatch_log_metric_filter.server_errors[kind].pattern == "{ ($.message = \"request\") && ($.status >= 500) }"
    ])
    error_message = "Each function's own lines tell which of its requests failed."
  }

  assert {
    condition = alltrue([
      for filter in values(aws_cloudwatch_log_metric_filter.server_errors) :
      one(filter.metric_transformation).dimensions == tomap({ Function = "$.function", Version = "$.version" })
    ])
    error_message = "A count that does not tell versions apart can't judge one."
  }
}
