# The operators' switches: what they move, and that they stay as they were thrown. Runs on a switch's own
# module see its resources, which those on the root do not.

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
  target          = aws_route53_health_check.region["SECONDARY"]
  override_during = plan
  values          = { id = "endpoint-of-the-secondary" }
}

override_resource {
  target          = module.primary_switch.aws_route53_health_check.override
  override_during = plan
  values          = { id = "switch-of-the-primary" }
}

override_resource {
  target          = module.secondary_switch.aws_route53_health_check.override
  override_during = plan
  values          = { id = "switch-of-the-secondary" }
}

variables {
  hosted_zone_name = "example.com"
  domain_name      = "api.example.com"

  # The provider takes seconds for a firewall, of which no run here sees anything.
  waf = { enabled = false }
}

run "a_region_serves_while_it_answers_and_no_operator_has_withdrawn_it" {
  command = plan

  assert {
    condition = { for role, check in aws_route53_health_check.in_service : role => check.child_healthchecks } == {
      PRIMARY   = toset(["endpoint-of-the-primary", "switch-of-the-primary"])
      SECONDARY = toset(["endpoint-of-the-secondary", "switch-of-the-secondary"])
    }
    error_message = "A region must follow its own endpoint and its own switch."
  }

  assert {
    condition = alltrue([
      for check in aws_route53_health_check.in_service : check.type == "CALCULATED" && check.child_health_threshold == 2
    ])
    error_message = "A region must be out when its endpoint fails, and when the operator says so: both children must be healthy."
  }

  assert {
    condition = alltrue([
      for check in aws_route53_health_check.in_service : check.disabled != true && check.invert_healthcheck != true
    ])
    error_message = "A disabled health check counts as healthy, and an inverted one keeps a healthy region out."
  }
}

run "each_switch_is_in_the_other_region" {
  command = plan

  assert {
    condition = { for role, region in output.deployment.regions : role => [region.region, region.override.region, region.override.metric_name] } == {
      primary   = ["us-east-1", "us-west-2", "PrimaryWithdrawn"]
      secondary = ["us-west-2", "us-east-1", "SecondaryWithdrawn"]
    }
    error_message = "A switch must work while the region that it withdraws is lost, so it must be in the other; and two must not share a metric."
  }

  assert {
    condition     = output.deployment.override == output.deployment.regions.primary.override
    error_message = "Earlier versions of the commands look for the primary's switch at the top."
  }
}

run "the_switch_stays_as_it_was_thrown" {
  command   = plan
  providers = { aws = aws.secondary }

  module {
    source = "./switch"
  }

  variables {
    name      = "stack"
    role      = "primary"
    withdraws = "us-east-1"
    region    = "us-west-2"
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
  command   = plan
  providers = { aws = aws.secondary }

  module {
    source = "./switch"
  }

  variables {
    name      = "stack"
    role      = "primary"
    withdraws = "us-east-1"
    region    = "us-west-2"
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

run "two_stacks_have_switches_of_their_own" {
  command = plan

  variables {
    name = "staging"
  }

  assert {
    condition = { for role, region in output.deployment.regions : role => [region.override.alarm_name, region.override.dimensions.Stack] } == {
      primary   = ["staging-primary-withdrawn", "staging"]
      secondary = ["staging-secondary-withdrawn", "staging"]
    }
    error_message = "The switches of a stack must carry the stack's name, and the commands must be told it."
  }
}
