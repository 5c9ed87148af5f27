# Who answers for the shared name in each mode, and what Route 53 judges a region by.

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
  target          = aws_route53_health_check.in_service["PRIMARY"]
  override_during = plan
  values          = { id = "primary-in-service" }
}

override_resource {
  target          = aws_route53_health_check.in_service["SECONDARY"]
  override_during = plan
  values          = { id = "secondary-in-service" }
}

override_resource {
  target          = aws_route53_health_check.region["SECONDARY"]
  override_during = plan
  values          = { id = "endpoint-of-the-secondary" }
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

run "each_group_of_records_has_one_policy_and_carries_each_regions_own_health_check" {
  command = plan

  assert {
    condition = {
      for record in aws_route53_record.routed : one(record.failover_routing_policy).type => record.health_check_id
      if length(record.failover_routing_policy) == 1
    } == { PRIMARY = "primary-in-service", SECONDARY = "endpoint-of-the-secondary" }
    error_message = "The primary must follow its endpoint and its switch; the standby its endpoint alone, for a switch left thrown must not stop a failover."
  }

  assert {
    condition = {
      for record in aws_route53_record.routed : one(record.latency_routing_policy).region => record.health_check_id
      if length(record.latency_routing_policy) == 1
    } == { us-east-1 = "primary-in-service", us-west-2 = "secondary-in-service" }
    error_message = "With latency routing each region must follow its own endpoint and its own switch."
  }

  assert {
    condition = {
      for record in aws_route53_record.routed : record.set_identifier => [record.health_check_id, one(record.weighted_routing_policy).weight]
      if length(record.weighted_routing_policy) == 1
    } == { us-east-1 = ["primary-in-service", 100], us-west-2 = ["secondary-in-service", 0] }
    error_message = "With weights each region must follow its own endpoint and its own switch, and by default all go to the primary."
  }

  assert {
    condition = { for record in aws_route53_record.routed : record.name => sum([
      length(record.failover_routing_policy) * 1, length(record.latency_routing_policy) * 10, length(record.weighted_routing_policy) * 100
      ])... } == {
      "_failover.api.example.com" = [1, 1]
      "_latency.api.example.com"  = [10, 10]
      "_weighted.api.example.com" = [100, 100]
    }
    error_message = "Route 53 refuses a name with two policies: each needs a name of its own, with both regions."
  }
}

run "the_shared_name_is_an_alias_of_the_group_that_fails_over" {
  command = plan

  assert {
    condition = (
      [aws_route53_record.shared.name, aws_route53_record.shared.type, one(aws_route53_record.shared.alias).name]
      == ["api.example.com", "CNAME", "_failover.api.example.com"]
    )
    error_message = "By default the shared name must lead to the records that fail over."
  }

  assert {
    condition     = aws_route53_record.shared.set_identifier == null && aws_route53_record.shared.ttl == null
    error_message = "The shared name must be one record, so that its change is one UPSERT."
  }

  assert {
    condition     = module.secondary.alarms["standby-takes-writes"] != null && !contains(keys(module.primary.alarms), "standby-takes-writes")
    error_message = "A standby that takes writes must be told of, and it is the secondary."
  }
}

run "latency_routing_is_a_change_of_the_shared_name_alone" {
  command = plan

  variables {
    routing = "latency"
  }

  assert {
    condition     = one(aws_route53_record.shared.alias).name == "_latency.api.example.com" && aws_route53_record.shared.type == "CNAME"
    error_message = "With latency routing the shared name must lead to the records that go by latency."
  }

  assert {
    condition     = length(aws_route53_record.routed) == 6
    error_message = "The groups of all policies must be there in every mode, or a change of it would have to make and delete some."
  }

  assert {
    condition     = !anytrue([for region in [module.primary, module.secondary] : contains(keys(region.alarms), "standby-takes-writes")])
    error_message = "Where both regions serve, writes in either are nothing to be told of."
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.failover) == ["PRIMARY", "SECONDARY"]
    error_message = "Where both regions serve, DNS leaving either is a failover."
  }
}

run "weights_move_clients_and_a_region_without_any_stands_by" {
  command = plan

  variables {
    routing = "weighted"
    weights = { primary = 0, secondary = 255 }
  }

  assert {
    condition     = one(aws_route53_record.shared.alias).name == "_weighted.api.example.com"
    error_message = "With weights the shared name must lead to the records that have them."
  }

  assert {
    condition = {
      for record in aws_route53_record.routed : record.set_identifier => one(record.weighted_routing_policy).weight
      if length(record.weighted_routing_policy) == 1
    } == { us-east-1 = 0, us-west-2 = 255 }
    error_message = "Each region must have the weight that was asked for."
  }

  assert {
    condition     = contains(keys(module.primary.alarms), "standby-takes-writes") && !contains(keys(module.secondary.alarms), "standby-takes-writes")
    error_message = "A primary that was drained is the standby."
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.failover) == ["SECONDARY"]
    error_message = "DNS can leave only a region that serves."
  }
}

run "records_are_short_lived_cnames_by_default" {
  command = plan

  assert {
    condition = alltrue([
      for record in aws_route53_record.routed :
      record.type == "CNAME" && record.ttl == 10 && tolist(record.records) == tolist([
        { us-east-1 = "d-primary.execute-api.us-east-1.amazonaws.com", us-west-2 = "d-secondary.execute-api.us-west-2.amazonaws.com" }[record.set_identifier]
      ])
    ])
    error_message = "Each policy needs a CNAME to each region's target that resolvers keep for 10 s."
  }

  assert {
    condition     = length(aws_route53_record.shared_ipv6) == 0
    error_message = "Beside a CNAME nothing else may stand."
  }
}

run "a_null_ttl_publishes_alias_records_that_follow_their_targets" {
  command = plan

  variables {
    dns_ttl = null
  }

  assert {
    condition = { for record in aws_route53_record.routed : "${record.name} ${record.type} ${record.set_identifier}" => [one(record.alias).name, one(record.alias).zone_id] } == {
      for of in setproduct(["failover", "latency", "weighted"], ["A", "AAAA"], ["us-east-1", "us-west-2"]) :
      "_${of[0]}-alias.api.example.com ${of[1]} ${of[2]}" => {
        us-east-1 = ["d-primary.execute-api.us-east-1.amazonaws.com", "Z1UJRXOUMOOFQ8"]
        us-west-2 = ["d-secondary.execute-api.us-west-2.amazonaws.com", "Z2OJLYMUO9EFXC"]
      }[of[2]]
    }
    error_message = "Each policy needs for each region an A and an AAAA alias to its own target, in the target's own hosted zone."
  }

  assert {
    condition     = alltrue([for record in aws_route53_record.routed : one(record.alias).evaluate_target_health])
    error_message = "Route 53 takes no failover alias that does not evaluate its target's health."
  }

  assert {
    condition     = alltrue([for record in aws_route53_record.routed : record.health_check_id != null && record.ttl == null])
    error_message = "An alias needs its region's health check too (its target's health says nothing of ours), and takes no TTL."
  }

  assert {
    condition = {
      for record in concat([aws_route53_record.shared], aws_route53_record.shared_ipv6) : record.type => one(record.alias).name
    } == { A = "_failover-alias.api.example.com", AAAA = "_failover-alias.api.example.com" }
    error_message = "The shared name needs an A and an AAAA alias of the group that was chosen."
  }
}
