# Which function serves which route: safe verbs reach the reader, all others the writer. So a
# route that is added to app.py lands on the function with the rights it needs, by its verb.

locals {
  generated_api = jsondecode(local.chalice_api_swagger)

  # The verbs that functions serve: a CORS preflight is answered by API Gateway itself. Read from the
  # file, for in a first plan Terraform knows nothing of what Chalice wrote, as that names functions
  # that are not there yet; and what is made for each verb must be known in every plan.
  verbs = toset(flatten([
    for operations in jsondecode(jsondecode(file("${path.module}/chalice.tf.json")).locals.chalice_api_swagger).paths : [
      for verb, operation in operations : verb if operation.x-amazon-apigateway-integration.type == "aws_proxy"
    ]
  ]))

  function_by_verb = {
    for verb in local.verbs : verb => contains(["get", "head"], verb) ? aws_lambda_alias.read : aws_lambda_alias.write
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
              { for key in ["uri"] : key => local.function_by_verb[verb].invoke_arn if operation.x-amazon-apigateway-integration.type == "aws_proxy" },
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
