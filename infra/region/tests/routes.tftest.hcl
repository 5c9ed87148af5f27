# Which function serves which route, and who may call it.

mock_provider "aws" {
  source          = "../../tests/aws"
  override_during = plan
}

override_resource {
  target          = aws_lambda_alias.read
  override_during = plan
  values          = { invoke_arn = "reader" }
}

override_resource {
  target          = aws_lambda_alias.write
  override_during = plan
  values          = { invoke_arn = "writer" }
}

run "safe_verbs_reach_the_reader_and_all_others_the_writer" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for operations in jsondecode(aws_api_gateway_rest_api.rest_api.body).paths : [
        for verb, operation in operations :
        operation.x-amazon-apigateway-integration.uri == (contains(["get", "head"], verb) ? "reader" : "writer")
        if operation.x-amazon-apigateway-integration.type == "aws_proxy"
      ]
    ]))
    error_message = "A route reaches the function without the rights for its verb: ${aws_api_gateway_rest_api.rest_api.body}"
  }

  assert {
    condition = (
      jsondecode(aws_api_gateway_rest_api.rest_api.body).paths["/read"].get.x-amazon-apigateway-integration.uri == "reader"
      && jsondecode(aws_api_gateway_rest_api.rest_api.body).paths["/write"].post.x-amazon-apigateway-integration.uri == "writer"
    )
    error_message = "GET /read must reach the reader and POST /write the writer."
  }

  assert {
    condition = alltrue(flatten([
      for operations in jsondecode(aws_api_gateway_rest_api.rest_api.body).paths :
      !can(operations.options.x-amazon-apigateway-integration.uri)
    ]))
    error_message = "A CORS preflight is answered by API Gateway itself, and reaches no function."
  }
}

run "api_gateway_may_invoke_each_alias_for_its_own_verbs_alone" {
  command = plan

  assert {
    condition = (
      [for verb in ["get", "post"] : try(aws_lambda_permission.rest_api_invoke[verb].function_name, null)] == ["stack-read", "stack-write"]
      && alltrue([for permission in aws_lambda_permission.rest_api_invoke : permission.qualifier == "live" && permission.principal == "apigateway.amazonaws.com"])
    )
    error_message = "API Gateway needs the right to invoke the live alias of the function that serves a verb, and nobody else does."
  }

  # Generic, for tests/terraform/test_routes.py runs it over routes of every verb.
  assert {
    condition = {
      for verb, permission in aws_lambda_permission.rest_api_invoke : verb => [permission.function_name, permission.source_arn]
      } == {
      for verb in toset(flatten([
        for operations in jsondecode(aws_api_gateway_rest_api.rest_api.body).paths : [
          for verb, operation in operations : verb if operation.x-amazon-apigateway-integration.type == "aws_proxy"
        ]
      ])) :
      verb => [
        contains(["get", "head"], verb) ? "stack-read" : "stack-write",
        "arn:aws:execute-api:us-east-1:123456789012:mock/v1/${upper(verb)}/*",
      ]
    }
    error_message = "Each verb that a function serves needs a right, for that verb of this stage alone: without it AWS answers 500, and with more a function answers for verbs that it has no rights for."
  }

  assert {
    condition     = aws_api_gateway_rest_api.rest_api.disable_execute_api_endpoint
    error_message = "The default endpoint lets callers walk round the custom domain and what guards it."
  }
}

run "writes_need_a_key_and_reads_do_not" {
  command = plan

  assert {
    condition     = can(jsondecode(aws_api_gateway_rest_api.rest_api.body).paths["/write"].post.security[0].api_key)
    error_message = "POST /write must need the API key."
  }

  assert {
    condition     = !can(jsondecode(aws_api_gateway_rest_api.rest_api.body).paths["/read"].get.security)
    error_message = "GET /read must need no key: the health check has none."
  }

  assert {
    condition     = length(aws_api_gateway_api_key.clients) == 1 && length(aws_api_gateway_usage_plan_key.clients) == 1
    error_message = "A key opens no route unless a usage plan of the stage has it."
  }
}

run "without_authorization_nothing_needs_a_key_and_none_is_made" {
  command = plan

  variables {
    write_authorization = "NONE"
  }

  assert {
    condition     = !can(jsondecode(aws_api_gateway_rest_api.rest_api.body).paths["/write"].post.security)
    error_message = "POST /write needs a key that nobody can have."
  }

  assert {
    condition = length(concat(
      aws_api_gateway_api_key.clients, aws_api_gateway_usage_plan.clients, aws_api_gateway_usage_plan_key.clients
    )) == 0
    error_message = "Keys are made that nothing asks for."
  }
}
