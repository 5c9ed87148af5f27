# One alarm a symptom. Each description says what broke and what to do next, to whoever it wakes.

locals {
  alarm_actions = [module.notifications.topic_arn]
  # Where the text of an alarm says what to do about a region that is not well.
  move_away = "If it lasts, move clients to ${var.peer_region}."

  # What all alarms have unless they say otherwise: a minute's data, three bad minutes of five.
  alarm_defaults = {
    statistic          = null
    percentile         = null
    comparison         = "GreaterThanOrEqualToThreshold"
    period             = 60
    periods            = 5
    bad_periods        = 3
    treat_missing_data = "notBreaching" # nothing was asked, so nothing failed
    namespace          = null
    metric             = null
    dimensions         = {}
    metrics            = {} # in place of the one: several, of which the sum is judged, silence being 0
  }

  stage_dimensions = {
    ApiName = aws_api_gateway_rest_api.rest_api.name
    Stage   = local.stage_name
  }

  # What the functions may call.
  table_operations = ["GetItem", "PutItem", "Query", "Scan"]

  functions = {
    read  = aws_lambda_function.api_handler.function_name
    write = aws_lambda_function.write.function_name
  }

  alarms = merge(
    {
      # The health checkers alone ask some 60 times a minute, so a rate is never that of two requests.
      api-5xx = {
        namespace   = "AWS/ApiGateway"
        metric      = "5XXError"
        dimensions  = local.stage_dimensions
        statistic   = "Average" # of 0 and 1 for each request: the rate
        threshold   = 0.01
        description = <<-EOT
          ${var.region}: at least 1 % of requests failed with 5xx in 3 of 5 minutes. Clients see errors.
          NEXT: did a release just go out? Roll it back. Else open dashboard ${local.dashboard}: function errors, table throttles or
          neither (then AWS's health page). ${local.move_away}
        EOT
      }

      api-latency = {
        namespace   = "AWS/ApiGateway"
        metric      = "Latency"
        dimensions  = local.stage_dimensions
        percentile  = "p99"
        threshold   = 2000
        description = <<-EOT
          ${var.region}: 1 in 100 requests took 2 s or more in 3 of 5 minutes. Health checkers wait no longer than that: failover is near.
          NEXT: open dashboard ${local.dashboard}. Latency far above integration latency is API Gateway's own; else look at function
          duration, cold starts and the table's latency. ${local.move_away}
        EOT
      }

      # DynamoDB sends a number only while something is wrong, and CloudWatch ignores missing data of its
      # namespace, whatever treat_missing_data says: an alarm would never end. So silence is made 0.
      # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
      table-read-throttles = {
        namespace   = "AWS/DynamoDB"
        metrics     = { reads = { name = "ReadThrottleEvents", dimensions = { TableName = var.table_name } } }
        threshold   = 1
        description = <<-EOT
          ${var.region}: DynamoDB throttled reads of ${var.table_name} in 3 of 5 minutes. Reads are slow or answer 503.
          NEXT: one hot ItemId, or more traffic than the table has had before? See CloudWatch Contributor Insights for the first; for the
          second, on-demand capacity doubles within 30 minutes: lower limits.requests_per_second until it has.
        EOT
      }

      table-write-throttles = {
        namespace   = "AWS/DynamoDB"
        metrics     = { writes = { name = "WriteThrottleEvents", dimensions = { TableName = var.table_name } } }
        threshold   = 1
        description = <<-EOT
          ${var.region}: DynamoDB throttled writes to ${var.table_name} in 3 of 5 minutes. Writes answer 503, or replication into this region lags.
          NEXT: one hot ItemId, or more traffic than the table has had before? See CloudWatch Contributor Insights for the first; for the
          second, on-demand capacity doubles within 30 minutes: lower limits.writes_per_second until it has.
        EOT
      }

      table-errors = {
        namespace = "AWS/DynamoDB"
        metrics = {
          for operation in local.table_operations :
          lower(operation) => { name = "SystemErrors", dimensions = { TableName = var.table_name, Operation = operation } }
        }
        threshold   = 1
        description = <<-EOT
          ${var.region}: DynamoDB itself failed (HTTP 500) on ${var.table_name} in 3 of 5 minutes. Nothing of ours is wrong.
          NEXT: read AWS's health page for DynamoDB in ${var.region}. ${local.move_away}
        EOT
      }

      # Measured where a write is made. No data comes both when nobody writes and when nothing arrives
      # any more, so silence leaves the alarm as it is.
      replication-lag = {
        namespace          = "AWS/DynamoDB"
        metric             = "ReplicationLatency"
        dimensions         = { TableName = var.table_name, ReceivingRegion = var.peer_region }
        statistic          = "Average"
        threshold          = 5000
        treat_missing_data = "ignore"
        description        = <<-EOT
          ${var.region}: writes made here took 5 s or more to reach ${var.peer_region} in 3 of 5 minutes; normal is below 1 s. Were ${var.region} lost now, the
          newest writes would be missing in ${var.peer_region} until it is back.
          NEXT: don't fail over for anything less than an outage. Read AWS's health page for DynamoDB in both regions; look for write
          throttles in ${var.peer_region}. The alarm stays as it is while nobody writes.
        EOT
      }

      certificate-expiry = {
        namespace          = "AWS/CertificateManager"
        metric             = "DaysToExpiry"
        dimensions         = { CertificateArn = aws_acm_certificate.api.arn }
        statistic          = "Minimum"
        comparison         = "LessThanOrEqualToThreshold"
        threshold          = 30
        period             = 86400
        periods            = 1
        bad_periods        = 1
        treat_missing_data = "ignore" # a new certificate has no data yet, an expired one no more
        description        = <<-EOT
          ${var.region}: the certificate of ${var.domain_name} ends within 30 days; ACM should have renewed it weeks ago. Health checks don't
          notice an expired certificate, but every client does.
          NEXT: `terraform plan`: are the validation records still in the zone as they should be? In ACM, the certificate's renewal status
          names the record that it misses.
        EOT
      }
    },

    {
      for kind, name in local.functions : "${kind}-errors" => {
        namespace   = "AWS/Lambda"
        metric      = "Errors"
        dimensions  = { FunctionName = name }
        statistic   = "Sum"
        threshold   = 1
        description = <<-EOT
          ${var.region}: function ${name} crashed or ran out of time in 3 of 5 minutes. Its requests answer 502 or 504.
          NEXT: did a release just go out? Roll it back. Else read the log group /aws/lambda/${name} for "errorType" or "timed out".
        EOT
      }
    },

    {
      for kind, name in local.functions : "${kind}-throttles" => {
        namespace   = "AWS/Lambda"
        metric      = "Throttles"
        dimensions  = { FunctionName = name }
        statistic   = "Sum"
        threshold   = 1
        description = <<-EOT
          ${var.region}: Lambda refused to start ${name} in 3 of 5 minutes: too many at once. Its requests answer 5xx.
          NEXT: see ConcurrentExecutions on dashboard ${local.dashboard}. At the function's reserved concurrency: raise that, or lower
          limits.requests_per_second. Below it: another function uses up the account's quota; ask AWS for more.
        EOT
      }
    },

    # The alarms on Route 53 live in us-east-1, which may be what is lost. This one knows nothing of
    # DNS, but it is here.
    {
      for name in var.standby ? [local.functions.write] : [] : "standby-takes-writes" => {
        namespace   = "AWS/Lambda"
        metric      = "Invocations"
        dimensions  = { FunctionName = name }
        statistic   = "Sum"
        threshold   = 1
        description = <<-EOT
          ${var.region}, the standby, has taken writes in 3 of 5 minutes: DNS has probably moved clients here from ${var.peer_region}.
          NEXT: `python -m infra status` says what DNS answers. Nothing needs to be done here for clients; find out what is wrong in ${var.peer_region}.
        EOT
      }
    },
  )
}

resource "aws_cloudwatch_metric_alarm" "symptom" {
  for_each = { for name, alarm in local.alarms : name => merge(local.alarm_defaults, alarm) }

  alarm_name        = "${var.name}-${each.key}"
  alarm_description = each.value.description
  alarm_actions     = local.alarm_actions
  ok_actions        = local.alarm_actions

  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = each.value.bad_periods
  treat_missing_data  = each.value.treat_missing_data

  namespace          = length(each.value.metrics) == 0 ? each.value.namespace : null
  metric_name        = length(each.value.metrics) == 0 ? each.value.metric : null
  dimensions         = length(each.value.metrics) == 0 ? each.value.dimensions : null
  statistic          = each.value.statistic
  extended_statistic = each.value.percentile
  period             = length(each.value.metrics) == 0 ? each.value.period : null

  dynamic "metric_query" {
    for_each = each.value.metrics
    content {
      id = metric_query.key
      metric {
        namespace   = each.value.namespace
        metric_name = metric_query.value.name
        dimensions  = metric_query.value.dimensions
        period      = each.value.period
        stat        = "Sum"
      }
    }
  }

  # A number that comes late counts as 0 at first. With 3 bad minutes of 5 that delays an alarm, and hides none.
  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
  dynamic "metric_query" {
    for_each = length(each.value.metrics) == 0 ? [] : [join("+", [for id in keys(each.value.metrics) : "FILL(${id},0)"])]
    content {
      id          = "sum"
      expression  = metric_query.value
      label       = each.key
      return_data = true
    }
  }
}
