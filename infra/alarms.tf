# What only Route 53 knows: whether a region is healthy, and whom DNS answers. Its metrics are in one
# region whatever the primary is, so the alarms on them are too; each region has its own beside them.

locals {
  peers = { PRIMARY = var.secondary_region, SECONDARY = var.primary_region }

  # One topic and one key less where a region of the API is that one region.
  global_topic_arn = one(concat(
    [for region in [module.primary, module.secondary] : region.topic_arn if region.region == local.global_region],
    module.global_notifications[*].topic_arn,
  ))
}

module "global_notifications" {
  source    = "./notifications"
  count     = contains([var.primary_region, var.secondary_region], local.global_region) ? 0 : 1
  providers = { aws = aws.global }

  name  = var.name
  email = var.monitoring.email
}

resource "aws_cloudwatch_metric_alarm" "region_health" {
  provider = aws.global
  for_each = local.regions

  alarm_name    = "${var.name}-${each.value.region}-unhealthy"
  alarm_actions = [local.global_topic_arn]
  ok_actions    = [local.global_topic_arn]

  alarm_description = <<-EOT
    ${each.value.region}: Route 53's checkers get no proper answer from https://${each.value.regional_domain_name}/read?limit=1.
    ${local.serving[each.key] ? "DNS moves its clients to the other region by itself." : "Clients don't notice, but there is nothing to fail over to: don't touch the other region."}
    NEXT: ask that URL yourself. No answer: AWS's health page for ${each.value.region}. 403: the firewall's log. 5xx: dashboard ${var.name}-${each.value.region}.
  EOT

  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  dimensions          = { HealthCheckId = aws_route53_health_check.region[each.key].id }
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "breaching" # Route 53 always reports: silence means that nobody looks
}

resource "aws_cloudwatch_metric_alarm" "failover" {
  provider = aws.global
  for_each = { for role, region in local.regions : role => merge(region, { peer = local.peers[role] }) if local.serving[role] }

  alarm_name    = "${var.name}-${each.value.region}-failover"
  alarm_actions = [local.global_topic_arn]
  ok_actions    = [local.global_topic_arn]

  alarm_description = <<-EOT
    FAILOVER: DNS answers ${var.domain_name} with ${each.value.peer}, unless that is unhealthy too. ${each.value.region} is unhealthy, or an operator moved clients away.
    NEXT: `python -m infra status` says which. Watch errors and latency of ${each.value.peer}. It ends by itself when ${each.value.region} is healthy again;
    to stay in ${each.value.peer} until you have understood it, `python -m infra failover --region ${each.value.region}`. Writes that had not been replicated arrive when ${each.value.region} is back.
  EOT

  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  dimensions          = { HealthCheckId = local.health_check_ids[var.routing][each.key] }
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "breaching"
}
