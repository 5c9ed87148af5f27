# Who answers for the shared name, and what Route 53 judges a region by.

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
  target          = module.primary.aws_api_gateway_domain_name.shared
  override_during = plan
  values = {
    regional_domain_name = "d-primary.execute-api.us-east-1.amazonaws.com"
    regional_zone_id     = "Z1UJRXOUMOOFQ8"
  }
}

override_resource {
  target          = module.secondary.aws_api_gateway_domain_name.shared
  override_during = plan
  values = {
    regional_domain_name = "d-secondary.execute-api.us-west-2.amazonaws.com"
    regional_zone_id     = "Z2OJLYMUO9EFXC"
  }
}

override_resource {
  target          = aws_route53_health_check.primary
  override_during = plan
  values          = { id = "check-of-the-primary" }
}

override_resource {
  target          = aws_route53_health_check.region["SECONDARY"]
  override_during = plan
  values          = { id = "check-of-the-secondary" }
}

variables {
  hosted_zone_name = "example.com"
  domain_name      = "api.example.com"

  # The provider takes seconds for a firewall, of which no run here sees anything.
  waf = { enabled = false }
}

run "health_checks_probe_a_read_on_each_regions_own_name" {
  command = plan

  assert {
    condition = { for role, check in aws_route53_health_check.region : role => check.fqdn } == {
      PRIMARY   = "us-east-1.api.example.com"
      SECONDARY = "us-west-2.api.example.com"
    }
    error_message = "A health check must probe its region's own name: API Gateway answers 403 to a d-... target, and the shared name is wherever DNS points."
  }

  assert {
    condition = alltrue([
      for check in aws_route53_health_check.region :
      check.type == "HTTPS" && check.port == 443 && check.enable_sni && check.resource_path == "/read?limit=1"
    ])
    error_message = "A health check must read one item over HTTPS with SNI, which goes through TLS, domain mapping, function and table."
  }

  assert {
    condition     = !anytrue(flatten([for check in aws_route53_health_check.region : [check.disabled == true, check.invert_healthcheck == true]]))
    error_message = "A disabled health check counts as healthy, and an inverted one fails over from a healthy region."
  }

  assert {
    condition = alltrue([
      for check in aws_route53_health_check.region : check.request_interval == 10 && check.failure_threshold == 3
    ])
    error_message = "Without settings of one's own, a region is judged every 10 s and by 3 requests in a row."
  }
}

run "each_failover_record_carries_its_own_regions_health_check" {
  command = plan

  assert {
    condition = {
      for record in aws_route53_record.failover : one(record.failover_routing_policy).type => record.health_check_id
    } == { PRIMARY = "check-of-the-primary", SECONDARY = "check-of-the-secondary" }
    error_message = "A failover record without its own region's health check is taken for healthy whatever happens to the region."
  }
}

run "records_are_short_lived_cnames_by_default" {
  command = plan

  assert {
    condition = {
      for record in aws_route53_record.failover :
      one(record.failover_routing_policy).type => [record.name, record.type, record.ttl, tolist(record.records), record.set_identifier]
      } == {
      PRIMARY   = ["api.example.com", "CNAME", 10, tolist(["d-primary.execute-api.us-east-1.amazonaws.com"]), "us-east-1"]
      SECONDARY = ["api.example.com", "CNAME", 10, tolist(["d-secondary.execute-api.us-west-2.amazonaws.com"]), "us-west-2"]
    }
    error_message = "The shared name needs a CNAME to each region's target that resolvers keep for 10 s."
  }
}

run "a_null_ttl_publishes_alias_records_that_follow_their_targets" {
  command = plan

  variables {
    dns_ttl = null
  }

  assert {
    condition = {
      for record in aws_route53_record.failover :
      "${one(record.failover_routing_policy).type} ${record.type}" => [one(record.alias).name, one(record.alias).zone_id]
      } == {
      "PRIMARY A"      = ["d-primary.execute-api.us-east-1.amazonaws.com", "Z1UJRXOUMOOFQ8"]
      "PRIMARY AAAA"   = ["d-primary.execute-api.us-east-1.amazonaws.com", "Z1UJRXOUMOOFQ8"]
      "SECONDARY A"    = ["d-secondary.execute-api.us-west-2.amazonaws.com", "Z2OJLYMUO9EFXC"]
      "SECONDARY AAAA" = ["d-secondary.execute-api.us-west-2.amazonaws.com", "Z2OJLYMUO9EFXC"]
    }
    error_message = "Each region needs an A and an AAAA alias to its own target, in the target's own hosted zone."
  }

  assert {
    condition     = alltrue([for record in aws_route53_record.failover : one(record.alias).evaluate_target_health])
    error_message = "Route 53 takes no failover alias that does not evaluate its target's health."
  }

  assert {
    condition     = alltrue([for record in aws_route53_record.failover : record.health_check_id != null && record.ttl == null])
    error_message = "An alias needs its region's health check too (its target's health says nothing of ours), and takes no TTL."
  }
}
