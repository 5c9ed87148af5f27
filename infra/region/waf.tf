# The firewall before the stage: AWS's managed rules, a rate for each address, and what it refused.
#
# Not used: AWSManagedRulesAnonymousIpList. Its HostingProviderIPList blocks addresses of clouds,
# AWS's own among them, from which Route 53's health checkers ask: both regions would be unhealthy.
#
# Not here: a limit for a body's size. WAF sees the first 16 KB of one, and could say nothing of the
# limit in its 403; the app answers 413 over 512 KiB, Lambda over 6 MB and API Gateway over 10 MB. What stands beyond
# 16 KB is not inspected: it is stored and answered as text, never run.
# https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-setting-body-inspection-limit.html

locals {
  # https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
  waf_groups = {
    AWSManagedRulesAmazonIpReputationList = {
      priority = 1
      action   = var.waf.ip_reputation
      counted  = []
    }
    AWSManagedRulesKnownBadInputsRuleSet = {
      priority = 2
      action   = var.waf.known_bad_inputs
      counted  = []
    }
    AWSManagedRulesCommonRuleSet = {
      priority = 3
      action   = var.waf.common
      counted  = var.waf.common_rules_counted
    }
  }
}

# Without samples of requests: they show whole headers, the API key among them, which nothing but AWS's
# data protection would blot out. What was refused is in the log.
# https://docs.aws.amazon.com/waf/latest/APIReference/API_VisibilityConfig.html
resource "aws_wafv2_web_acl" "api" {
  count = var.waf.enabled ? 1 : 0

  name        = "${var.name}-api"
  description = "Guards the API ${var.name}."
  scope       = "REGIONAL"

  default_action {
    allow {}
  }

  rule {
    name     = "rate-of-an-address"
    priority = 0

    action {
      dynamic "block" {
        for_each = var.waf.rate == "BLOCK" ? [1] : []
        content {}
      }
      dynamic "count" {
        for_each = var.waf.rate == "COUNT" ? [1] : []
        content {}
      }
    }

    statement {
      rate_based_statement {
        aggregate_key_type    = "IP"
        limit                 = var.waf.rate_limit
        evaluation_window_sec = 300
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.name}-rate-of-an-address"
      sampled_requests_enabled   = false
    }
  }

  dynamic "rule" {
    for_each = local.waf_groups

    content {
      name     = rule.key
      priority = rule.value.priority

      override_action {
        dynamic "none" {
          for_each = rule.value.action == "BLOCK" ? [1] : []
          content {}
        }
        dynamic "count" {
          for_each = rule.value.action == "COUNT" ? [1] : []
          content {}
        }
      }

      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.key

          dynamic "rule_action_override" {
            for_each = rule.value.counted
            content {
              name = rule_action_override.value
              action_to_use {
                count {}
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.name}-${rule.key}"
        sampled_requests_enabled   = false
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.name
    sampled_requests_enabled   = false
  }
}

resource "aws_wafv2_web_acl_association" "api" {
  count = length(aws_wafv2_web_acl.api)

  web_acl_arn  = aws_wafv2_web_acl.api[0].arn
  resource_arn = aws_api_gateway_stage.live.arn
}

resource "aws_cloudwatch_log_group" "waf" {
  count = length(aws_wafv2_web_acl.api)

  # WAF takes no group whose name begins otherwise.
  # https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
  name              = "aws-waf-logs-${var.name}"
  retention_in_days = var.monitoring.log_retention_days
  kms_key_id        = local.data_key_arn
}

# WAF itself lets its log service write there: it keeps one policy for all such groups of an account,
# AWSWAF-LOGS, which can be outgrown where firewalls come and go (docs/gotchas.md).
resource "aws_wafv2_web_acl_logging_configuration" "api" {
  count = length(aws_wafv2_web_acl.api)

  resource_arn            = aws_wafv2_web_acl.api[0].arn
  log_destination_configs = [aws_cloudwatch_log_group.waf[0].arn]

  redacted_fields {
    single_header {
      name = "x-api-key"
    }
  }

  # What was allowed is in the access log.
  logging_filter {
    default_behavior = "DROP"

    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"

      condition {
        action_condition {
          action = "BLOCK"
        }
      }
      condition {
        action_condition {
          action = "COUNT"
        }
      }
      condition {
        action_condition {
          action = "EXCLUDED_AS_COUNT"
        }
      }
    }
  }
}
