# Both regions side by side: who serves, who is healthy, how far behind the data is.

locals {
  across_graphs = {
    "1 Healthy, by Route 53 (1 is yes)" = {
      region = local.global_region
      metrics = [
        for role, check in aws_route53_health_check.region :
        ["AWS/Route53", "HealthCheckStatus", "HealthCheckId", check.id, { stat = "Minimum", label = local.regions[role].region }]
      ]
    }
    "2 Checkers that agree, %" = {
      region = local.global_region
      metrics = [
        for role, check in aws_route53_health_check.region :
        ["AWS/Route53", "HealthCheckPercentageHealthy", "HealthCheckId", check.id, { stat = "Average", label = local.regions[role].region }]
      ]
    }
    "3 Requests, health checks among them" = {
      region = var.primary_region
      metrics = [
        for region in values(local.regions) :
        ["AWS/ApiGateway", "Count", "ApiName", var.name, "Stage", "v1", { stat = "Sum", region = region.region, label = region.region }]
      ]
    }
    "4 Rate of 5xx" = {
      region = var.primary_region
      metrics = [
        for region in values(local.regions) :
        ["AWS/ApiGateway", "5XXError", "ApiName", var.name, "Stage", "v1", { stat = "Average", region = region.region, label = region.region }]
      ]
    }
    "5 Latency p99, ms" = {
      region = var.primary_region
      metrics = [
        for region in values(local.regions) :
        ["AWS/ApiGateway", "Latency", "ApiName", var.name, "Stage", "v1", { stat = "p99", region = region.region, label = region.region }]
      ]
    }
    "6 Replication, ms" = {
      region = var.primary_region
      metrics = [
        for pair in [[var.primary_region, var.secondary_region], [var.secondary_region, var.primary_region]] :
        ["AWS/DynamoDB", "ReplicationLatency", "TableName", aws_dynamodb_table.items.name, "ReceivingRegion", pair[1],
        { stat = "Average", region = pair[0], label = "${pair[0]} to ${pair[1]}" }]
      ]
    }
  }
}

resource "aws_cloudwatch_dashboard" "across" {
  provider = aws.secondary # an account's dashboards are the same in all regions; this one is there when it is needed
  count    = var.monitoring.dashboards ? 1 : 0

  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = concat(
      [
        {
          type = "alarm", x = 0, y = 0, width = 24, height = 3
          properties = {
            title  = "Regions and failover"
            alarms = concat(values(aws_cloudwatch_metric_alarm.region_health)[*].arn, values(aws_cloudwatch_metric_alarm.failover)[*].arn)
          }
        },
      ],
      [
        for index, title in keys(local.across_graphs) : {
          type       = "metric", x = 12 * (index % 2), y = 3 + 6 * floor(index / 2), width = 12, height = 6
          properties = merge(local.across_graphs[title], { title = substr(title, 2, -1), view = "timeSeries", period = 60 })
        }
      ],
    )
  })
}
