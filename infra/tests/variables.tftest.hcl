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

mock_provider "aws" {
  alias           = "global"
  source          = "./tests/aws"
  override_during = plan
}

run "values_of_the_wrong_form_are_refused" {
  command = plan

  variables {
    name                = "My API"
    secondary_region    = "us-east-1"
    health_check        = { interval = 20 }
    dns_ttl             = 1.5
    write_authorization = "IAM"
    routing             = "geolocation"
    weights             = { primary = 0 }
    encryption          = "KMS"
    monitoring          = { email = "ops" }
    waf                 = { common = "block" }
  }

  expect_failures = [
    var.name,
    var.secondary_region,
    var.health_check,
    var.dns_ttl,
    var.write_authorization,
    var.routing,
    var.weights,
    var.encryption,
    var.monitoring,
    var.waf,
  ]
}

run "values_just_below_what_aws_takes_are_refused" {
  command = plan

  variables {
    name         = "a"
    health_check = { threshold = 0 }
    dns_ttl      = 0
    limits       = { requests_per_second = 9 }
    waf          = { rate_limit = 99 }
    monitoring   = { log_retention_days = 0 }
  }

  expect_failures = [
    var.name,
    var.health_check,
    var.dns_ttl,
    var.limits,
    var.waf,
    var.monitoring,
  ]
}

run "values_just_above_what_aws_takes_are_refused" {
  command = plan

  variables {
    name         = "a2345678901234567890123456789012345678901"
    health_check = { threshold = 11 }
    dns_ttl      = 3601
    weights      = { secondary = 256 }
    limits       = { requests_per_second = 10001 }
    waf          = { rate_limit = 2000000001 }
    monitoring   = { log_retention_days = 3654 }
  }

  expect_failures = [
    var.name,
    var.health_check,
    var.dns_ttl,
    var.weights,
    var.limits,
    var.waf,
    var.monitoring,
  ]
}

# A run of their own: what a refused variable's checks need of another is not checked.
run "names_outside_the_zone_are_refused" {
  command = plan

  variables {
    domain_name = "api.example.org"
  }

  expect_failures = [var.domain_name]
}

run "the_zones_own_name_is_refused_while_records_are_cnames" {
  command = plan

  variables {
    domain_name = "example.com"
  }

  expect_failures = [var.domain_name]
}

run "the_zones_own_name_is_taken_with_alias_records" {
  command = plan

  variables {
    domain_name = "example.com"
    dns_ttl     = null
  }

  assert {
    condition     = alltrue([for record in concat([aws_route53_record.shared], aws_route53_record.shared_ipv6) : record.name == "example.com"])
    error_message = "An alias may stand at the zone's own name."
  }
}

run "regions_of_two_partitions_are_refused" {
  command = plan

  variables {
    primary_region   = "cn-north-1"
    secondary_region = "us-gov-west-1"
  }

  expect_failures = [var.secondary_region]
}

run "values_at_the_edges_are_taken" {
  command = plan

  variables {
    name             = "a234567890123456789012345678901234567890"
    primary_region   = "us-west-2"
    secondary_region = "us-east-1"
    health_check     = { interval = 30, threshold = 10 }
    dns_ttl          = 3600
    weights          = { primary = 0, secondary = 255 }
    limits           = { requests_per_second = 10, burst = 10, writes_per_second = 10, write_burst = 10, writes_per_day = 1 }
    waf              = { rate_limit = 100 }
    monitoring       = { log_retention_days = 1 }
  }

  assert {
    condition = alltrue([
      for check in aws_route53_health_check.region : check.request_interval == 30 && check.failure_threshold == 10
    ])
    error_message = "The health checks do not have the interval and the threshold that were asked for."
  }

  assert {
    condition     = alltrue([for record in aws_route53_record.routed : record.ttl == 3600])
    error_message = "The failover records do not have the TTL that was asked for."
  }
}
