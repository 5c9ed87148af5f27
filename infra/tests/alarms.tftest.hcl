# What Route 53 knows: alarms where its metrics are, whatever the regions.

mock_provider "aws" {
  alias           = "primary"
  source          = "./tests/aws"
  override_during = plan
}

mock_provider "aws" {
  alias           = "secondary"
  source          = "./tests/aws"
  override_during = plan
}

mock_provider "aws" {
  alias           = "global"
  source          = "./tests/aws"
  override_during = plan
}

run "a_failover_and_each_regions_health_have_alarms" {
  command = plan

  override_resource {
    target          = aws_route53_health_check.region["PRIMARY"]
    override_during = plan
    values          = { id = "endpoint-of-the-primary" }
  }

  override_resource {
    target          = aws_route53_health_check.region["SECONDARY"]
    override_during = plan
    values          = { id = "endpoint-of-the-secondary" }
  }

  override_resource {
    target          = aws_route53_health_check.in_service["PRIMARY"]
    override_during = plan
    values          = { id = "what-the-primarys-records-follow" }
  }

  assert {
    condition = { for role, alarm in aws_cloudwatch_metric_alarm.region_health : role => alarm.dimensions.HealthCheckId } == {
      PRIMARY   = "endpoint-of-the-primary"
      SECONDARY = "endpoint-of-the-secondary"
    }
    error_message = "Each region's health needs an alarm on its own endpoint's health check."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.failover["PRIMARY"].dimensions.HealthCheckId == "what-the-primarys-records-follow"
    error_message = "A failover is when DNS leaves the primary: when what its records follow is unhealthy, by its endpoint or by an operator."
  }

  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.region_health), values(aws_cloudwatch_metric_alarm.failover)) :
      alarm.treat_missing_data == "breaching" && length(alarm.alarm_actions) == 1
      && strcontains(alarm.alarm_description, "NEXT:") && length(alarm.alarm_description) <= 1024
    ])
    error_message = "Route 53 always reports, so its silence is an alarm; and each must tell somebody what to do next."
  }

  assert {
    condition = try(
      aws_cloudwatch_dashboard.across[0].dashboard_name == "multi-region-api"
      && length(jsondecode(aws_cloudwatch_dashboard.across[0].dashboard_body).widgets[0].properties.alarms) == 3
      && alltrue([for region in ["us-east-1", "us-west-2"] : strcontains(aws_cloudwatch_dashboard.across[0].dashboard_body, region)])
      && alltrue([for id in ["endpoint-of-the-primary", "endpoint-of-the-secondary"] : strcontains(aws_cloudwatch_dashboard.across[0].dashboard_body, id)]),
      false
    )
    error_message = "One dashboard must show both regions: their health, and what is different between them."
  }
}

run "a_region_that_has_route_53s_metrics_needs_no_topic_beside_its_own" {
  command = plan

  assert {
    condition     = length(module.global_notifications) == 0
    error_message = "us-east-1 has a topic already."
  }
}

run "elsewhere_route_53s_alarms_have_a_topic_where_its_metrics_are" {
  command = plan

  variables {
    primary_region   = "eu-west-1"
    secondary_region = "eu-central-1"
  }

  assert {
    condition     = length(module.global_notifications) == 1
    error_message = "An alarm can't reach a topic of another region: us-east-1 needs its own."
  }
}

run "dashboards_can_be_left_out" {
  command = plan

  variables {
    monitoring = { dashboards = false }
  }

  assert {
    condition     = length(aws_cloudwatch_dashboard.across) == 0
    error_message = "A dashboard is made that was not asked for."
  }
}
