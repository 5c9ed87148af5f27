# What is kept ready, and what is reserved.

mock_provider "aws" {
  source          = "../../tests/aws"
  override_during = plan
}

run "a_warm_region_keeps_its_least_ready_and_scales_to_its_most" {
  command = plan

  variables {
    warm = true
  }

  assert {
    condition = { for kind, target in aws_appautoscaling_target.provisioned : kind => [target.resource_id, target.min_capacity, target.max_capacity] } == {
      read  = ["function:stack-read:live", 5, 50]
      write = ["function:stack-write:live", 2, 50]
    }
    error_message = "Each function's live alias must have its least ready, and no more than its most."
  }

  assert {
    condition = alltrue([
      for policy in aws_appautoscaling_policy.out :
      one(policy.target_tracking_scaling_policy_configuration).disable_scale_in
      && one(one(policy.target_tracking_scaling_policy_configuration).predefined_metric_specification).predefined_metric_type == "LambdaProvisionedConcurrencyUtilization"
    ]) && length(aws_appautoscaling_policy.out) == 2
    error_message = "Each function must scale out as traffic comes, by how busy its environments are."
  }

  assert {
    condition = alltrue([
      for kind, policy in aws_appautoscaling_policy.in :
      one(policy.target_tracking_scaling_policy_configuration).disable_scale_in != true
      && one([for metric in one(one(policy.target_tracking_scaling_policy_configuration).customized_metric_specification).metrics : metric.expression if metric.return_data]) == "FILL(reported, 0)"
    ]) && length(aws_appautoscaling_policy.in) == 2
    error_message = "An alias that nobody calls reports nothing, which must count as idle: a standby would keep for ever what a failover had it given."
  }

  assert {
    condition = alltrue([
      for kind, policy in aws_appautoscaling_policy.in : toset(flatten([
        for metric in one(one(policy.target_tracking_scaling_policy_configuration).customized_metric_specification).metrics : [
          for stat in metric.metric_stat : [for dimension in one(stat.metric).dimensions : "${dimension.name}=${dimension.value}"]
        ]
      ])) == toset(["FunctionName=stack-${kind}", "Resource=stack-${kind}:live"])
    ])
    error_message = "How busy an alias is must be asked of that alias."
  }

  assert {
    condition = alltrue([
      for kind, action in aws_appautoscaling_scheduled_action.keep :
      action.schedule == "rate(5 minutes)" && one(action.scalable_target_action).min_capacity == { read = "5", write = "2" }[kind]
    ])
    error_message = "What is ready must be put back when a release has moved the alias."
  }
}

run "a_cold_region_keeps_nothing" {
  command = plan

  assert {
    condition = alltrue([
      for target in aws_appautoscaling_target.provisioned : target.min_capacity == 0 && target.max_capacity == 0
    ]) && length(aws_appautoscaling_target.provisioned) == 2
    error_message = "A region that is cold again must give back what it had ready: a target that is only taken away leaves it there, and paid for."
  }

  assert {
    condition     = length(concat(values(aws_appautoscaling_policy.out), values(aws_appautoscaling_policy.in))) == 0
    error_message = "Alarms that scale nothing cost all the same."
  }

  assert {
    condition     = length(aws_lambda_function.api_handler.snap_start) == 0 && length(aws_lambda_function.write.snap_start) == 0
    error_message = "Snapshots are paid for by the month: they must be asked for."
  }
}

run "functions_start_from_snapshots_where_that_is_asked_for" {
  command = plan

  variables {
    snap_start = true
  }

  assert {
    condition = alltrue([
      for function in [aws_lambda_function.api_handler, aws_lambda_function.write] : function.snap_start[*].apply_on == tolist(["PublishedVersions"])
    ])
    error_message = "Both functions must start from a snapshot."
  }
}

run "each_function_has_a_reservation_of_its_own" {
  command = plan

  variables {
    reserved_concurrency = { read = 300, write = 200 }
  }

  assert {
    condition = (
      [aws_lambda_function.api_handler.reserved_concurrent_executions, aws_lambda_function.write.reserved_concurrent_executions] == [300, 200]
    )
    error_message = "Reads must not be able to take what is reserved for writes, nor the reverse."
  }
}

run "nothing_is_reserved_unless_asked_for" {
  command = plan

  assert {
    condition     = aws_lambda_function.api_handler.reserved_concurrent_executions == null && aws_lambda_function.write.reserved_concurrent_executions == null
    error_message = "An account whose quota is 10, as new ones have it, takes no reservation at all."
  }
}
