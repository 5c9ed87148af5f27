# One operator's switch, in the region that stays when the other is withdrawn: a metric, an alarm that
# describes it to people, and the health check that judges it.

locals {
  override = {
    namespace   = "MultiRegionApi"
    metric_name = "${title(var.role)}Withdrawn" # 1 withdraws the region, 0 gives it back
    dimensions  = { Stack = var.name }
  }
}

# Route 53 does not follow this alarm's state: it copies the alarm's settings and judges the metric
# itself. So one standard-resolution period, a basic statistic and no M out of N, which is all that
# it can judge.
# https://docs.aws.amazon.com/Route53/latest/APIReference/API_CloudWatchAlarmConfiguration.html
resource "aws_cloudwatch_metric_alarm" "override" {
  alarm_name        = "${var.name}-${var.role}-withdrawn"
  alarm_description = "An operator took ${var.withdraws} out of DNS: ${var.region} serves until `python -m infra failback`."

  namespace           = local.override.namespace
  metric_name         = local.override.metric_name
  dimensions          = local.override.dimensions
  statistic           = "Maximum" # of both in one period, failover wins
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  # For people: the alarm goes on saying how the switch was thrown last.
  treat_missing_data = "ignore"
}

resource "aws_route53_health_check" "override" {
  type                    = "CLOUDWATCH_METRIC"
  cloudwatch_alarm_name   = aws_cloudwatch_metric_alarm.override.alarm_name
  cloudwatch_alarm_region = var.region
  # The switch stays as it was thrown when no more data comes; before any came, it is healthy.
  insufficient_data_health_status = "LastKnownStatus"

  # Route 53 copies the alarm's settings when the health check is written, and never looks again.
  # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-updating-cloudwatch-alarm-settings.html
  triggers = {
    alarm = sha256(jsonencode([
      local.override,
      aws_cloudwatch_metric_alarm.override.statistic,
      aws_cloudwatch_metric_alarm.override.period,
      aws_cloudwatch_metric_alarm.override.evaluation_periods,
      aws_cloudwatch_metric_alarm.override.comparison_operator,
      aws_cloudwatch_metric_alarm.override.threshold,
    ]))
  }

  tags = {
    Name = "${var.name} ${var.withdraws} override"
  }
}
