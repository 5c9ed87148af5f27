# The operators' switches: what each moves, and where it is.

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
