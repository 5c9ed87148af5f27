# What throws one switch, and that it stays as it was thrown. On the module of a switch, whose resources a
# run on the root does not see.

mock_provider "aws" {
  source          = "./tests/aws"
  override_during = plan
}

variables {
  name      = "stack"
  role      = "primary"
  withdraws = "us-east-1"
  region    = "us-west-2"
}

run "the_switch_stays_as_it_was_thrown" {
  command = plan

  module {
    source = "./switch"
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
    condition = (
      aws_route53_health_check.override.cloudwatch_alarm_name == aws_cloudwatch_metric_alarm.override.alarm_name
      && aws_route53_health_check.override.cloudwatch_alarm_region == "us-west-2"
    )
    error_message = "The switch must follow its own alarm, in the region that stays."
  }
}

run "the_alarm_is_one_that_route_53_can_judge" {
  command = plan

  module {
    source = "./switch"
  }

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
    condition     = aws_cloudwatch_metric_alarm.override.dimensions == tomap({ Stack = "stack" })
    error_message = "Two stacks in one account must not share a switch."
  }
}
