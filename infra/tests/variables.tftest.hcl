# Each variable refuses what would fail later, or fail in silence. What it says is shown by
# tests/terraform/test_variables.py: a run sees that a value is refused, not the words.

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

variables {
  hosted_zone_name = "example.com"
  domain_name      = "api.example.com"
}

run "values_of_the_wrong_form_are_refused" {
  command = plan

  variables {
    name                = "My API"
    domain_name         = "api.example.org"
    secondary_region    = "us-east-1"
    health_check        = { interval = 20 }
    dns_ttl             = 1.5
    write_authorization = "IAM"
  }

  expect_failures = [
    var.name,
    var.domain_name,
    var.secondary_region,
    var.health_check,
    var.dns_ttl,
    var.write_authorization,
  ]
}

run "values_just_below_what_aws_takes_are_refused" {
  command = plan

  variables {
    name         = "a"
    domain_name  = "example.com"
    health_check = { threshold = 0 }
    dns_ttl      = 0
  }

  expect_failures = [
    var.name,
    var.domain_name,
    var.health_check,
    var.dns_ttl,
  ]
}

run "values_just_above_what_aws_takes_are_refused" {
  command = plan

  variables {
    name         = "a2345678901234567890123456789012345678901"
    domain_name  = "api.notexample.com"
    health_check = { threshold = 11 }
    dns_ttl      = 3601
  }

  expect_failures = [
    var.name,
    var.domain_name,
    var.health_check,
    var.dns_ttl,
  ]
}

run "values_at_the_edges_are_taken" {
  command = plan

  variables {
    name             = "a234567890123456789012345678901234567890"
    primary_region   = "us-west-2"
    secondary_region = "us-east-1"
    health_check     = { interval = 30, threshold = 10 }
    dns_ttl          = 3600
  }

  assert {
    condition = alltrue([
      for check in aws_route53_health_check.region : check.request_interval == 30 && check.failure_threshold == 10
    ])
    error_message = "The health checks do not have the interval and the threshold that were asked for."
  }

  assert {
    condition     = alltrue([for record in aws_route53_record.failover : record.ttl == 3600])
    error_message = "The failover records do not have the TTL that was asked for."
  }
}
