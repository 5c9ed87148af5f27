# The operator's switch: what it moves, and that it stays as it was thrown.

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

override_resource {
  target          = aws_route53_health_check.region["PRIMARY"]
  override_during = plan
  values          = { id = "endpoint-of-the-primary" }
}

override_resource {
  target          = aws_route53_health_check.override
  override_during = plan
  values          = { id = "switch" }
}

variables {
  hosted_zone_name = "example.com"
  domain_name      = "api.example.com"

  # The provider takes seconds for a firewall, of which no run here sees anything.
  waf = { enabled = false }
}

run "the_primary_serves_while_it_answers_and_no_operator_has_withdrawn_it" {
  command = plan

  assert {
    condition = (
      aws_route53_health_check.primary.type == "CALCULATED"
      && aws_route53_health_check.primary.child_healthchecks == toset(["endpoint-of-the-primary", "switch"])
      && aws_route53_health_check.primary.child_health_threshold == 2
    )
    error_message = "The primary must be out when its endpoint fails, and when the operator says so: both children must be healthy."
  }

  assert {
    condition     = aws_route53_health_check.primary.disabled != true && aws_route53_health_check.primary.invert_healthcheck != true
    error_message = "A disabled health check counts as healthy, and an inverted one keeps a healthy primary out."
  }
}

run "the_switch_is_in_the_standby_region_and_stays_as_it_was_thrown" {
  command = plan

  assert {
    condition     = aws_route53_health_check.override.cloudwatch_alarm_region == "us-west-2"
    error_message = "The switch must work while the primary region is lost, so its alarm must be in the standby."
  }

  assert {
    condition     = aws_route53_health_check.override.insufficient_data_health_status == "LastKnownStatus"
    error_message = "A switch that was thrown must stay so when no more metric data comes."
  }

  assert {
    condition     = aws_route53_health_check.override.invert_healthcheck != true && aws_route53_health_check.override.disabled != true
    error_message = "A disabled switch is never thrown, and an inverted one always is."
  }

  assert {
    condition     = aws_route53_health_check.override.cloudwatch_alarm_name == aws_cloudwatch_metric_alarm.override.alarm_name
    error_message = "The switch must follow its own alarm."
  }
}

run "the_alarm_is_one_that_route_53_can_judge" {
  command = plan

  assert {
    condition = (
      contains(["Average", "Minimum", "Maximum", "Sum", "SampleCount"], aws_cloudwatch_metric_alarm.override.statistic)
      && aws_cloudwatch_metric_alarm.override.extended_statistic == null
      && length(aws_cloudwatch_metric_alarm.override.metric_query) == 0
      && aws_cloudwatch_metric_alarm.override.period == 60
    )
    error_message = "Route 53 follows basic statistics of one standard-resolution metric alone: no percentiles, no metric math, no period under 60 s."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.override.evaluation_periods == 1
      && aws_cloudwatch_metric_alarm.override.datapoints_to_alarm == null
    )
    error_message = "One number must throw the switch, and Route 53 knows no M out of N."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.override.statistic == "Maximum"
      && aws_cloudwatch_metric_alarm.override.comparison_operator == "GreaterThanThreshold"
      && aws_cloudwatch_metric_alarm.override.threshold == 0
    )
    error_message = "1 must withdraw the primary and 0 give it back; of both in one period, 1 must win."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.override.dimensions == tomap({ Stack = "multi-region-api" })
    error_message = "Two stacks in one account must not share a switch."
  }
}

run "two_stacks_have_two_switches" {
  command = plan

  variables {
    name = "staging"
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.override.alarm_name == "staging-primary-withdrawn"
      && aws_cloudwatch_metric_alarm.override.dimensions == tomap({ Stack = "staging" })
      && output.deployment.override.alarm_name == "staging-primary-withdrawn"
      && output.deployment.override.dimensions == { Stack = "staging" }
    )
    error_message = "The switch of a stack must carry the stack's name, and the commands must be told it."
  }
}
