# The firewall before the stage.

mock_provider "aws" {
  source          = "../../tests/aws"
  override_during = plan
}

variables {
  encryption = "CUSTOMER"
  waf        = merge(var.waf, { enabled = true })
}

# In one run, as they are of one plan, which takes the provider seconds.
run "a_firewall_stands_before_the_stage_and_logs_what_it_refuses_without_the_key" {
  command = plan

  assert {
    condition = (
      toset(aws_wafv2_web_acl.api[0].rule[*].name)
      == toset(["rate-of-an-address", "AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesCommonRuleSet"])
    )
    error_message = "The firewall needs AWS's three groups and a rate. (AWSManagedRulesAnonymousIpList would block Route 53's health checkers.)"
  }

  assert {
    condition     = aws_wafv2_web_acl_association.api[0].resource_arn == aws_api_gateway_stage.live.arn
    error_message = "A firewall that no stage is behind guards nothing."
  }

  assert {
    condition = alltrue([
      for rule in aws_wafv2_web_acl.api[0].rule : (
        rule.name == "rate-of-an-address" ? length(one(rule.action).block) == 1 : length(one(rule.override_action).none) == 1
      )
    ])
    error_message = "Unless told to count, each rule must block."
  }

  assert {
    condition     = one(one([for rule in aws_wafv2_web_acl.api[0].rule : rule if rule.name == "rate-of-an-address"]).statement).rate_based_statement[0].limit == 10000
    error_message = "The rate must be the one that was asked for."
  }

  assert {
    condition = toset([
      for override in one(one([for rule in aws_wafv2_web_acl.api[0].rule : rule if rule.name == "AWSManagedRulesCommonRuleSet"]).statement).managed_rule_group_statement[0].rule_action_override :
      override.name if length(one(override.action_to_use).count) == 1
    ]) == toset(["SizeRestrictions_BODY", "SizeRestrictions_QUERYSTRING"])
    error_message = "The common rules block bodies over 8 KB and queries over 2 KB unless those two rules count only."
  }

  assert {
    condition     = aws_cloudwatch_log_group.waf[0].name == "aws-waf-logs-stack"
    error_message = "WAF takes no log group whose name does not begin with aws-waf-logs-."
  }

  assert {
    condition     = aws_cloudwatch_log_group.waf[0].retention_in_days == 365
    error_message = "A log without retention is kept, and paid for, for ever."
  }

  assert {
    condition     = one(one(aws_wafv2_web_acl_logging_configuration.api[0].redacted_fields).single_header).name == "x-api-key"
    error_message = "The API key must not be in the firewall's log."
  }

  assert {
    condition = !anytrue(flatten([
      aws_wafv2_web_acl.api[0].visibility_config[*].sampled_requests_enabled,
      [for rule in aws_wafv2_web_acl.api[0].rule : rule.visibility_config[*].sampled_requests_enabled],
    ]))
    error_message = "A sample shows a whole request, with the API key: what is blotted out in the log is not in samples."
  }

  assert {
    condition     = aws_cloudwatch_log_group.waf[0].kms_key_id == aws_kms_key.data[0].arn
    error_message = "The firewall's log must be under the customer's key like any other."
  }

  assert {
    condition     = strcontains(aws_kms_key.data[0].policy, ":log-group:${aws_cloudwatch_log_group.waf[0].name}\"")
    error_message = "CloudWatch Logs may not use the key for the firewall's log."
  }
}

run "each_group_can_be_set_to_count" {
  command = plan

  variables {
    waf = merge(var.waf, { rate = "COUNT", ip_reputation = "COUNT", known_bad_inputs = "COUNT", common = "COUNT" })
  }

  assert {
    condition = alltrue([
      for rule in aws_wafv2_web_acl.api[0].rule : (
        rule.name == "rate-of-an-address" ? length(one(rule.action).count) == 1 : length(one(rule.override_action).count) == 1
      )
    ])
    error_message = "Each rule must count where it is told to."
  }
}

run "the_firewall_can_be_left_out" {
  command = plan

  variables {
    waf = merge(var.waf, { enabled = false })
  }

  assert {
    condition     = length(concat(aws_wafv2_web_acl.api, aws_wafv2_web_acl_association.api, aws_cloudwatch_log_group.waf)) == 0
    error_message = "Parts of a firewall are made that was not asked for."
  }
}
