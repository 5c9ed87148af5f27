# What throws the switch, and what follows it.

output "override" {
  description = "The metric that throws the switch, where it is, and the alarm and the health check that follow."
  value = merge(local.override, {
    region          = var.region
    alarm_name      = aws_cloudwatch_metric_alarm.override.alarm_name
    health_check_id = aws_route53_health_check.override.id
  })
}
