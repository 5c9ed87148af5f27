# An apply publishes versions and moves no clients. The runs share a state, and so go on from one another.

mock_provider "aws" {
  source = "../../tests/aws"
}

run "the_first_apply_serves_what_it_publishes" {
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
  command = plan

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
