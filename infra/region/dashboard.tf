# What whoever an alarm woke looks at next: this region, from the front to the table.

locals {
  # Dashboards belong to the account, not to a region, so the region is in the name.
  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html
  dashboard = "${var.name}-${var.region}"

  stage_metric = ["ApiName", aws_api_gateway_rest_api.rest_api.name, "Stage", local.stage_name]

  # By title: metrics, each with its statistic.
  dashboard_graphs = {
    "1 Requests" = [
      concat(["AWS/ApiGateway", "Count"], local.stage_metric, [{ stat = "Sum" }]),
      concat(["AWS/ApiGateway", "4XXError"], local.stage_metric, [{ stat = "Sum" }]),
      concat(["AWS/ApiGateway", "5XXError"], local.stage_metric, [{ stat = "Sum" }]),
    ]
    "2 Latency, ms" = flatten([
      for metric in ["Latency", "IntegrationLatency"] : [
        for stat in ["p50", "p99"] : { row = concat(["AWS/ApiGateway", metric], local.stage_metric, [{ stat = stat, label = "${metric} ${stat}" }]) }
      ]
    ])[*].row
    "3 Functions: errors and throttles" = flatten([
      for name in values(local.functions) : [
        for metric in ["Errors", "Throttles"] : { row = ["AWS/Lambda", metric, "FunctionName", name, { stat = "Sum" }] }
      ]
    ])[*].row
    "4 Functions: at once, and duration p99" = flatten([
      for name in values(local.functions) : [
        { row = ["AWS/Lambda", "ConcurrentExecutions", "FunctionName", name, { stat = "Maximum" }] },
        { row = ["AWS/Lambda", "Duration", "FunctionName", name, { stat = "p99", yAxis = "right" }] },
      ]
    ])[*].row
    "5 Table: throttles" = [
      for metric in ["ReadThrottleEvents", "WriteThrottleEvents"] : ["AWS/DynamoDB", metric, "TableName", var.table_name, { stat = "Sum" }]
    ]
    "6 Table: latency, ms" = [
      for operation in local.table_operations :
      ["AWS/DynamoDB", "SuccessfulRequestLatency", "TableName", var.table_name, "Operation", operation, { stat = "p99" }]
    ]
    "7 Replication to ${var.peer_region}, ms" = [
      ["AWS/DynamoDB", "ReplicationLatency", "TableName", var.table_name, "ReceivingRegion", var.peer_region, { stat = "Average" }],
    ]
    "8 Firewall" = [
      for metric in ["AllowedRequests", "BlockedRequests", "CountedRequests"] :
      ["AWS/WAFV2", metric, "WebACL", var.name, "Region", var.region, "Rule", "ALL", { stat = "Sum" }]
    ]
  }
}

resource "aws_cloudwatch_dashboard" "region" {
  count = var.monitoring.dashboards ? 1 : 0

  dashboard_name = local.dashboard

  dashboard_body = jsonencode({
    widgets = concat(
      [
        {
          type       = "alarm", x = 0, y = 0, width = 24, height = 3
          properties = { title = "Alarms of ${var.region}", alarms = values(aws_cloudwatch_metric_alarm.symptom)[*].arn }
        },
      ],
      [
        for index, title in keys(local.dashboard_graphs) : {
          type = "metric", x = 12 * (index % 2), y = 3 + 6 * floor(index / 2), width = 12, height = 6
          properties = {
            title   = substr(title, 2, -1)
            region  = var.region
            view    = "timeSeries"
            period  = 60
            metrics = local.dashboard_graphs[title]
          }
        }
      ],
    )
  })
}
