# What API Gateway answers by itself, in the shape of the app's own errors.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html

locals {
  gateway_errors = {
    # What API Gateway says of a route that is not there: 403, and about a token that nobody asked for.
    MISSING_AUTHENTICATION_TOKEN = { status = "404", code = "NotFoundError", message = "No such route: GET / names the routes." }
    INVALID_API_KEY              = { status = "403", code = "ForbiddenError", message = "Writing needs a valid API key: send it as the x-api-key header." }
    THROTTLED                    = { status = "429", code = "TooManyRequestsError", message = "Too many requests: slow down and try again." }
    QUOTA_EXCEEDED               = { status = "429", code = "TooManyRequestsError", message = "The API key's quota is used up: wait for the next period." }
    REQUEST_TOO_LARGE            = { status = "413", code = "PayloadTooLargeError", message = "The request is too large: a body may have 512 KiB." }
    UNSUPPORTED_MEDIA_TYPE       = { status = "415", code = "UnsupportedMediaType", message = "Send application/json." }
    WAF_FILTERED                 = { status = "403", code = "ForbiddenError", message = "The firewall refused this request: if it is a proper one, report the RequestId." }
    INTEGRATION_FAILURE          = { status = "503", code = "ServiceUnavailableError", message = "The function did not answer: try again soon." }
    INTEGRATION_TIMEOUT          = { status = "504", code = "GatewayTimeoutError", message = "The function did not answer in time: try again soon." }
    DEFAULT_4XX                  = { status = null, code = "BadRequestError", message = null }
    DEFAULT_5XX                  = { status = null, code = "InternalServerError", message = "Something went wrong here: try again, and report the RequestId if it stays." }
  }

  error_headers = {
    "X-Region"                      = var.region
    "Cache-Control"                 = "no-store"
    "Access-Control-Allow-Origin"   = "*"
    "Access-Control-Expose-Headers" = "X-Region,Retry-After"
  }

  gateway_responses = {
    for kind, error in local.gateway_errors : kind => merge(
      { for key in ["statusCode"] : key => error.status if error.status != null },
      {
        responseParameters = {
          for name, value in merge(local.error_headers, contains(["429", "503"], coalesce(error.status, "-")) ? { "Retry-After" = "1" } : {}) :
          "gatewayresponse.header.${name}" => "'${value}'"
        }
        responseTemplates = {
          # Where there is no text of ours, API Gateway's own, which comes in quotes.
          "application/json" = replace(
            jsonencode({ Code = error.code, Message = coalesce(error.message, "<its own>"), Region = var.region, RequestId = "$context.requestId" }),
            jsonencode("<its own>"), "$context.error.messageString",
          )
        }
      },
    )
  }

  # By path, what answers the verbs that it does not serve: a mock, so that nobody's function runs.
  # A content type without a template is refused (never), as a mock can't work on a body.
  method_not_allowed = {
    for path, operations in local.generated_api.paths : path => {
      responses = { "405" = { description = "405 response", headers = { for name in ["Allow", "X-Region", "Access-Control-Allow-Origin"] : name => { type = "string" } } } }
      x-amazon-apigateway-integration = {
        type                = "mock"
        passthroughBehavior = "never"
        requestTemplates    = { "application/json" = jsonencode({ statusCode = 405 }) }
        responses = {
          default = {
            statusCode = "405"
            responseParameters = {
              "method.response.header.Allow"                       = "'${upper(join(", ", keys(operations)))}'"
              "method.response.header.X-Region"                    = "'${var.region}'"
              "method.response.header.Access-Control-Allow-Origin" = "'*'"
            }
            responseTemplates = {
              "application/json" = jsonencode({
                Code      = "MethodNotAllowedError"
                Message   = "${path} takes ${upper(join(", ", keys(operations)))}."
                Region    = var.region
                RequestId = "$context.requestId"
              })
            }
          }
        }
      }
    }
  }
}
