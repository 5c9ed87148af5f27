# What stands between callers and the data: limits, TLS, rights, keys.

mock_provider "aws" {
  source          = "../../tests/aws"
  override_during = plan
}

run "callers_are_throttled_by_stage_and_by_key" {
  command = plan

  assert {
    condition = (
      aws_api_gateway_method_settings.all.method_path == "*/*"
      && one(aws_api_gateway_method_settings.all.settings).throttling_rate_limit == 1000
      && one(aws_api_gateway_method_settings.all.settings).throttling_burst_limit == 500
    )
    error_message = "Every route must have the stage's limits: without them one API uses up the account's."
  }

  assert {
    condition = (
      one(aws_api_gateway_usage_plan.clients[0].throttle_settings).rate_limit == 400
      && one(aws_api_gateway_usage_plan.clients[0].throttle_settings).burst_limit == 200
      && one(aws_api_gateway_usage_plan.clients[0].quota_settings).limit == 5000
      && one(aws_api_gateway_usage_plan.clients[0].quota_settings).period == "DAY"
    )
    error_message = "The key must have a throttle and a daily quota."
  }
}

run "names_answer_over_tls_1_2_at_least" {
  command = plan

  assert {
    condition = alltrue([
      for name in [aws_api_gateway_domain_name.shared, aws_api_gateway_domain_name.regional] : name.security_policy == "TLS_1_2"
    ])
    error_message = "A domain name must refuse what is older than TLS 1.2."
  }
}

run "each_function_may_do_its_own_work_alone" {
  command = plan

  assert {
    condition = (
      toset(flatten([for statement in jsondecode(aws_iam_role_policy.api_handler_role.policy).Statement : statement.Action]))
      == toset(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"])
    )
    error_message = "The reader may read, and write its logs and traces, and nothing else."
  }

  assert {
    condition = (
      toset(flatten([for statement in jsondecode(aws_iam_role_policy.write_role.policy).Statement : statement.Action]))
      == toset(["dynamodb:PutItem", "logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"])
    )
    error_message = "The writer may write, and write its logs and traces, and nothing else."
  }

  assert {
    condition = alltrue(flatten([
      for policy in [aws_iam_role_policy.api_handler_role.policy, aws_iam_role_policy.write_role.policy] : [
        for statement in jsondecode(policy).Statement :
        startswith(join(",", flatten([statement.Action])), "xray:") == (statement.Resource == "*")
      ]
    ]))
    error_message = "A right on every resource is for X-Ray alone, which knows no other."
  }
}

run "by_default_aws_owns_the_keys" {
  command = plan

  assert {
    condition     = output.data_key_arn == null && length(aws_kms_key.data) == 0
    error_message = "A customer's key costs, and is not made unless it is asked for."
  }
}

run "a_customers_key_is_for_this_regions_items_and_logs" {
  command = plan

  variables {
    encryption = "CUSTOMER"
  }

  assert {
    condition = alltrue([
      for group in [aws_cloudwatch_log_group.read, aws_cloudwatch_log_group.write, aws_cloudwatch_log_group.access, aws_cloudwatch_log_group.execution] :
      group.kms_key_id == aws_kms_key.data[0].arn
    ])
    error_message = "Every log must be under the customer's key."
  }

  assert {
    condition     = aws_kms_key.data[0].enable_key_rotation
    error_message = "The key must be rotated."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_kms_key.data[0].policy).Statement :
      try(statement.Principal.Service, "") == "logs.us-east-1.amazonaws.com" && contains(flatten([statement.Action]), "kms:GenerateDataKey*")
    ])
    error_message = "CloudWatch Logs refuses a key that it may not use."
  }

  assert {
    condition = alltrue([
      for group in [aws_cloudwatch_log_group.read, aws_cloudwatch_log_group.write, aws_cloudwatch_log_group.access, aws_cloudwatch_log_group.execution] :
      anytrue([
        for arn in one([for statement in jsondecode(aws_kms_key.data[0].policy).Statement : statement if statement.Sid == "EncryptLogs"]).Condition.ArnLike["kms:EncryptionContext:aws:logs:arn"] :
        can(regex("^arn:aws:logs:us-east-1:123456789012:log-group:.+", arn)) && can(regex("^${replace(split(":", arn)[6], "*", ".+")}$", group.name))
      ])
    ])
    error_message = "CloudWatch Logs may use the key for this stack's logs alone, and for each of them: it refuses a group whose key it may not use."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_kms_key.data[0].policy).Statement :
      try(statement.Condition.StringEquals["kms:ViaService"], "") == "dynamodb.us-east-1.amazonaws.com" && contains(flatten([statement.Action]), "kms:Decrypt")
    ])
    error_message = "The functions can read no item whose key they may not use."
  }
}

run "what_a_region_names_is_of_its_own_partition" {
  command = plan

  override_data {
    target          = data.aws_partition.this
    override_during = plan
    values          = { partition = "aws-cn", dns_suffix = "amazonaws.com.cn" }
  }

  variables {
    region      = "cn-north-1"
    peer_region = "cn-northwest-1"
    encryption  = "CUSTOMER"
  }

  assert {
    condition = (
      aws_iam_role_policy_attachment.gateway_logs[0].policy_arn == "arn:aws-cn:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
      && strcontains(aws_kms_key.data[0].policy, "arn:aws-cn:iam::123456789012:root")
      && strcontains(aws_kms_key.data[0].policy, "arn:aws-cn:logs:cn-north-1:")
    )
    error_message = "A name of another partition is nobody's: IAM and KMS refuse it."
  }

  assert {
    condition = (
      strcontains(aws_kms_key.data[0].policy, "logs.cn-north-1.amazonaws.com.cn")
      && strcontains(aws_kms_key.data[0].policy, "dynamodb.cn-north-1.amazonaws.com.cn")
    )
    error_message = "China's services have names of their own."
  }
}
