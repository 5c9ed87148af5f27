# What is kept ready for traffic that comes at once: environments on the aliases that serve, held
# between a least and a most, and moved between them by how busy they are. All of it is in this region,
# and follows this region's traffic: when DNS moves clients here, nobody has to apply anything.
# docs/standby.md has how fast.

locals {
  # Nothing, where nothing is kept: a target that is taken away would leave what it had put there.
  provisioned = {
    for kind, range in var.provisioned_concurrency :
    kind => var.warm ? range : { min = 0, max = 0 }
  }

  scalable = {
    for kind, alias in { read = aws_lambda_alias.read, write = aws_lambda_alias.write } :
    kind => { resource_id = "function:${alias.function_name}:${alias.name}", function_name = alias.function_name, alias = alias.name }
  }

  # Of environments that are ready, those that a request may find busy. With 2 of them and one request
  # at a time the half is busy, which is below 90 % of this: nothing moves for health checkers alone.
  busy = 0.7
}

resource "aws_appautoscaling_target" "provisioned" {
  for_each = local.scalable

  service_namespace  = "lambda"
  scalable_dimension = "lambda:function:ProvisionedConcurrency"
  resource_id        = each.value.resource_id
  min_capacity       = local.provisioned[each.key].min
  max_capacity       = local.provisioned[each.key].max
}

# Puts the capacity back into its bounds. It leaves them when a version with SnapStart serves, of which
# Lambda takes none, until a release moves the alias to one without.
resource "aws_appautoscaling_scheduled_action" "keep" {
  for_each = local.scalable

  name               = "${var.name}-${each.key}-keep"
  service_namespace  = aws_appautoscaling_target.provisioned[each.key].service_namespace
  scalable_dimension = aws_appautoscaling_target.provisioned[each.key].scalable_dimension
  resource_id        = aws_appautoscaling_target.provisioned[each.key].resource_id
  schedule           = "rate(5 minutes)"

  scalable_target_action {
    min_capacity = local.provisioned[each.key].min
    max_capacity = local.provisioned[each.key].max
  }
}

# Out, when traffic comes. Lambda takes no step scaling.
# https://docs.aws.amazon.com/autoscaling/application/userguide/services-that-can-integrate-lambda.html
resource "aws_appautoscaling_policy" "out" {
  for_each = var.warm ? local.scalable : {}

  name               = "${var.name}-${each.key}-out"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.provisioned[each.key].service_namespace
  scalable_dimension = aws_appautoscaling_target.provisioned[each.key].scalable_dimension
  resource_id        = aws_appautoscaling_target.provisioned[each.key].resource_id

  target_tracking_scaling_policy_configuration {
    target_value     = local.busy
    disable_scale_in = true

    predefined_metric_specification {
      predefined_metric_type = "LambdaProvisionedConcurrencyUtilization"
    }
  }
}

# In, when it has gone. Lambda reports no utilization of an alias that nobody calls, and no data scales
# nothing: the writer of a standby would keep for ever what a failover had it given. So here
# silence counts as 0. Not in the policy above, whose newest minute would then always be 0.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html (FILL)
resource "aws_appautoscaling_policy" "in" {
  for_each = var.warm ? local.scalable : {}

  name               = "${var.name}-${each.key}-in"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.provisioned[each.key].service_namespace
  scalable_dimension = aws_appautoscaling_target.provisioned[each.key].scalable_dimension
  resource_id        = aws_appautoscaling_target.provisioned[each.key].resource_id

  target_tracking_scaling_policy_configuration {
    target_value = local.busy

    customized_metric_specification {
      metrics {
        id          = "busy"
        expression  = "FILL(reported, 0)"
        return_data = true
      }

      metrics {
        id          = "reported"
        return_data = false

        metric_stat {
          stat = "Average"

          metric {
            namespace   = "AWS/Lambda"
            metric_name = "ProvisionedConcurrencyUtilization"

            dimensions {
              name  = "FunctionName"
              value = each.value.function_name
            }
            dimensions {
              name  = "Resource"
              value = "${each.value.function_name}:${each.value.alias}"
            }
          }
        }
      }
    }
  }
}
