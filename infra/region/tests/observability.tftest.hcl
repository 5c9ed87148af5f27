# Who is told what, and what is kept: logs, traces, alarms.

mock_provider "aws" {
  source          = "../../tests/aws"
  override_during = plan
}

run "the_access_log_says_how_it_went_and_holds_no_data" {
  command = plan

  assert {
    condition = alltrue([
      for variable in [
        "$context.requestId", "$context.resourcePath", "$context.status", "$context.responseLatency",
        "$context.integration.latency", "$context.identity.apiKeyId", "$context.wafResponseCode", "$context.identity.sourceIp",
      ] : contains(values(jsondecode(one(aws_api_gateway_stage.live.access_log_settings).format)), variable)
    ])
    error_message = "Whoever looks into an incident needs route, status, latencies, caller and what the firewall said."
  }

  assert {
    condition = !anytrue([
      for variable in ["$context.path", "$context.identity.apiKey", "querystring", "$input", "header"] :
      anytrue([for value in values(jsondecode(one(aws_api_gateway_stage.live.access_log_settings).format)) : endswith(value, variable) || strcontains(value, "override")])
    ])
    error_message = "The access log must hold no data, and not the API key itself."
  }
}

run "execution_logs_hold_errors_and_no_data" {
  command = plan

  assert {
    condition = (
      one(aws_api_gateway_method_settings.all.settings).logging_level == "ERROR"
      && !one(aws_api_gateway_method_settings.all.settings).data_trace_enabled
      && one(aws_api_gateway_method_settings.all.settings).metrics_enabled
    )
    error_message = "Execution logs need level ERROR and no data trace, which writes bodies and keys; and each route needs metrics."
  }

  assert {
    condition     = startswith(aws_cloudwatch_log_group.execution.name, "API-Gateway-Execution-Logs_") && endswith(aws_cloudwatch_log_group.execution.name, "/v1")
    error_message = "Under another name API Gateway makes a group of its own, kept for ever."
  }
}

run "every_log_ends" {
  command = plan

  assert {
    condition = alltrue([
      for group in [aws_cloudwatch_log_group.read, aws_cloudwatch_log_group.write, aws_cloudwatch_log_group.access, aws_cloudwatch_log_group.execution] :
      group.retention_in_days == 365
    ])
    error_message = "A log without retention is kept, and paid for, for ever."
  }
}

run "requests_are_traced_from_the_stage_through_the_functions" {
  command = plan

  assert {
    condition     = aws_api_gateway_stage.live.xray_tracing_enabled
    error_message = "The stage must begin the trace."
  }

  assert {
    condition = alltrue([
      for function in [aws_lambda_function.api_handler, aws_lambda_function.write] : one(function.tracing_config).mode == "Active"
    ])
    error_message = "Each function must go on with the trace."
  }
}

run "one_stack_of_an_account_sets_api_gateways_role" {
  command = plan

  assert {
    condition     = length(aws_api_gateway_account.this) == 1
    error_message = "Without a role for API Gateway the stage can't log."
  }

  assert {
    condition = jsondecode(aws_iam_role.gateway_logs[0].assume_role_policy).Statement == [
      { Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "apigateway.amazonaws.com" } },
    ]
    error_message = "API Gateway can't be relied on to name its source account when it takes on a role: under a condition on that it is refused."
  }
}

run "other_stacks_of_an_account_leave_api_gateways_role_alone" {
  command = plan

  variables {
    manage_api_gateway_log_role = false
  }

  assert {
    condition     = length(aws_api_gateway_account.this) == 0 && length(aws_iam_role.gateway_logs) == 0
    error_message = "Two stacks that set the account's role take it from each other."
  }
}

run "every_symptom_has_an_alarm_that_tells_somebody" {
  command = plan

  assert {
    condition = (
      toset(keys(aws_cloudwatch_metric_alarm.symptom)) == toset([
        "api-5xx", "api-latency", "read-errors", "read-throttles", "write-errors", "write-throttles",
        "table-errors", "table-read-throttles", "table-write-throttles", "replication-lag", "certificate-expiry",
      ])
    )
    error_message = "A symptom has no alarm."
  }

  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.symptom :
      tolist(alarm.alarm_actions) == tolist([output.topic_arn]) && tolist(alarm.ok_actions) == tolist([output.topic_arn])
    ])
    error_message = "An alarm that tells nobody is none."
  }

  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.symptom :
      startswith(alarm.alarm_description, "us-east-1") && strcontains(alarm.alarm_description, "NEXT:") && length(alarm.alarm_description) <= 1024
    ])
    error_message = "An alarm's description must say where, what broke, and what to do next, in CloudWatch's 1,024 characters."
  }

  assert {
    condition = try(
      aws_cloudwatch_dashboard.region[0].dashboard_name == "stack-us-east-1"
      && length(jsondecode(aws_cloudwatch_dashboard.region[0].dashboard_body).widgets[0].properties.alarms) == length(aws_cloudwatch_metric_alarm.symptom)
      && toset(flatten([
        for widget in jsondecode(aws_cloudwatch_dashboard.region[0].dashboard_body).widgets :
        [for metric in widget.properties.metrics : metric[0]] if widget.type == "metric"
      ])) == toset(["AWS/ApiGateway", "AWS/Lambda", "AWS/DynamoDB", "AWS/WAFV2"]),
      false
    )
    error_message = "Whom an alarm woke needs a dashboard of the region: its alarms, and each part from the front to the table."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.symptom : startswith(alarm.alarm_name, "stack-")])
    error_message = "Alarms of two stacks in one account must not share a name."
  }
}

run "alarms_watch_what_they_say" {
  command = plan

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.symptom["replication-lag"].dimensions == tomap({ TableName = "stack-items", ReceivingRegion = "us-west-2" })
      && aws_cloudwatch_metric_alarm.symptom["replication-lag"].treat_missing_data == "ignore"
    )
    error_message = "Replication is measured where a write is made, per receiving region; silence says nothing of it."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.symptom["api-5xx"].dimensions == tomap({ ApiName = "stack", Stage = "v1" })
      && aws_cloudwatch_metric_alarm.symptom["api-5xx"].statistic == "Average"
      && aws_cloudwatch_metric_alarm.symptom["api-latency"].extended_statistic == "p99"
    )
    error_message = "The API's alarms are on the rate of 5xx and on p99, of its own stage."
  }

  assert {
    condition = toset(flatten([
      for query in aws_cloudwatch_metric_alarm.symptom["table-errors"].metric_query : [for metric in query.metric : metric.dimensions["Operation"]]
      ])) == toset(["GetItem", "PutItem", "Query", "Scan"]
    )
    error_message = "DynamoDB counts its errors by operation, so each that the functions may call must be added up."
  }

  assert {
    condition = {
      for name in ["table-errors", "table-read-throttles", "table-write-throttles"] :
      name => one([for query in aws_cloudwatch_metric_alarm.symptom[name].metric_query : query.expression if query.return_data == true])
      } == {
      table-errors          = "FILL(getitem,0)+FILL(putitem,0)+FILL(query,0)+FILL(scan,0)"
      table-read-throttles  = "FILL(reads,0)"
      table-write-throttles = "FILL(writes,0)"
    }
    error_message = "DynamoDB sends a number only while something is wrong, and CloudWatch ignores its silence: unless that counts as 0, an alarm never ends."
  }

  assert {
    condition = alltrue([
      for kind in ["read", "write"] : alltrue([
        for metric in ["Errors", "Throttles"] :
        aws_cloudwatch_metric_alarm.symptom["${kind}-${lower(metric)}"].metric_name == metric
        && aws_cloudwatch_metric_alarm.symptom["${kind}-${lower(metric)}"].dimensions == tomap({ FunctionName = "stack-${kind}" })
      ])
    ])
    error_message = "Each function needs alarms on its errors and throttles, in all its versions."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.symptom["certificate-expiry"].metric_name == "DaysToExpiry"
      && aws_cloudwatch_metric_alarm.symptom["certificate-expiry"].comparison_operator == "LessThanOrEqualToThreshold"
      && aws_cloudwatch_metric_alarm.symptom["certificate-expiry"].threshold == 30
      && aws_cloudwatch_metric_alarm.symptom["certificate-expiry"].treat_missing_data == "ignore"
    )
    error_message = "A certificate must be seen to end a month before, and an alarm must stay when it has ended and sends no more."
  }
}

run "the_standby_tells_that_it_serves" {
  command = plan

  variables {
    standby = true
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.symptom["standby-takes-writes"].dimensions == tomap({ FunctionName = "stack-write" })
    error_message = "Route 53's alarms may be lost with us-east-1: the standby must say by itself that clients have come."
  }
}

run "dashboards_can_be_left_out" {
  command = plan

  variables {
    monitoring = { email = null, dashboards = false, log_retention_days = 365 }
  }

  assert {
    condition     = length(aws_cloudwatch_dashboard.region) == 0
    error_message = "A dashboard is made that was not asked for."
  }
}
