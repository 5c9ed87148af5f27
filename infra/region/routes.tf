# Which function serves which route: safe verbs reach the reader, all others the writer. So a
# route that is added to app.py lands on the function with the rights it needs, by its verb.

locals {
  generated_api = jsondecode(local.chalice_api_swagger)

  function_by_verb = {
    for verb in distinct(flatten([for operations in local.generated_api.paths : keys(operations)])) :
    verb => contains(["get", "head"], verb) ? aws_lambda_alias.read.invoke_arn : aws_lambda_alias.write.invoke_arn
  }

  paths = {
    for path, operations in local.generated_api.paths : path => merge(
      { x-amazon-apigateway-any-method = local.method_not_allowed[path] },
      {
        for verb, operation in operations : verb => merge(
          { for key, value in operation : key => value if !(key == "security" && var.write_authorization == "NONE") },
          {
            x-amazon-apigateway-integration = merge(
              operation.x-amazon-apigateway-integration,
              # CORS preflights are answered by API Gateway itself and have no function.
              { for key in ["uri"] : key => local.function_by_verb[verb] if operation.x-amazon-apigateway-integration.type == "aws_proxy" },
            )
          },
        )
      },
    )
  }

  api_body = jsonencode(merge(local.generated_api, {
    info                                  = merge(local.generated_api.info, { title = var.name })
    paths                                 = local.paths
    x-amazon-apigateway-gateway-responses = local.gateway_responses
  }))
}
