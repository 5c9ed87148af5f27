# What API Gateway writes of each request: who, what, how it went and how long it took. Never data:
# no body, no header but the client's own name, no query string, as ItemId stands there.

locals {
  # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
  access_log = {
    requestId         = "$context.requestId"
    extendedRequestId = "$context.extendedRequestId"
    traceId           = "$context.xrayTraceId"
    time              = "$context.requestTime"
    host              = "$context.domainName"
    method            = "$context.httpMethod"
    route             = "$context.resourcePath"
    status            = "$context.status"
    bytes             = "$context.responseLength"
    # Milliseconds: all that API Gateway took, and of that what the function took.
    latency            = "$context.responseLatency"
    integrationLatency = "$context.integration.latency"
    # What Lambda answered (429: throttled, 403: not allowed), and what the function did.
    lambdaStatus   = "$context.integration.integrationStatus"
    functionStatus = "$context.integration.status"
    # Why API Gateway answered by itself. messageString is in quotes already.
    error     = "$context.error.responseType"
    apiKeyId  = "$context.identity.apiKeyId"
    ip        = "$context.identity.sourceIp"
    userAgent = "$context.identity.userAgent"
    # WAF_ALLOW or WAF_BLOCK, the ACL that said so, and whether WAF itself failed.
    waf       = "$context.wafResponseCode"
    wafAcl    = "$context.webaclArn"
    wafStatus = "$context.waf.status"
    wafError  = "$context.waf.error"
  }
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/apigateway/${var.name}-access"
  retention_in_days = var.monitoring.log_retention_days
  kms_key_id        = local.data_key_arn
}

# API Gateway would make this group itself, to be kept for ever, in the clear, and after a destroy.
# It takes one that is there, by this name.
resource "aws_cloudwatch_log_group" "execution" {
  name              = "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.rest_api.id}/${local.stage_name}"
  retention_in_days = var.monitoring.log_retention_days
  kms_key_id        = local.data_key_arn
}
