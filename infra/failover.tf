# Who answers for domain_name: a health check on each region, and the records that obey them. The
# primary's records also obey the operator's switch in switch.tf.

locals {
  regions = {
    PRIMARY   = module.primary
    SECONDARY = module.secondary
  }

  # What each region's records follow.
  health_check_ids = {
    PRIMARY   = aws_route53_health_check.primary.id
    SECONDARY = aws_route53_health_check.region["SECONDARY"].id
  }

  # A short-lived CNAME by default: an alias takes its target's TTL, and the worst case of a
  # failover is detection plus TTL.
  failover_records = {
    for record in setproduct(keys(local.regions), var.dns_ttl == null ? ["A", "AAAA"] : ["CNAME"]) :
    join("-", record) => { failover = record[0], type = record[1] }
  }
}

# On the region's own name. The target of a custom domain (d-....execute-api) answers 403 to its
# own name, which is unhealthy for ever; the shared name would probe whatever DNS answers.
resource "aws_route53_health_check" "region" {
  provider = aws.primary
  for_each = local.regions

  type              = "HTTPS"
  fqdn              = each.value.regional_domain_name
  port              = 443
  resource_path     = "/read?limit=1"
  request_interval  = var.health_check.interval
  failure_threshold = var.health_check.threshold
  enable_sni        = true

  tags = {
    Name = "${var.name} ${each.value.region}"
  }
}

resource "aws_route53_record" "failover" {
  #checkov:skip=CKV2_AWS_23:An alias to the region's own API: the name comes out of its module, where checkov does not look.
  provider = aws.primary
  for_each = local.failover_records

  zone_id         = data.aws_route53_zone.this.zone_id
  name            = var.domain_name
  type            = each.value.type
  set_identifier  = local.regions[each.value.failover].region
  health_check_id = local.health_check_ids[each.value.failover]

  ttl     = var.dns_ttl
  records = each.value.type == "CNAME" ? [local.regions[each.value.failover].target.name] : null

  dynamic "alias" {
    for_each = each.value.type == "CNAME" ? [] : [local.regions[each.value.failover].target]
    content {
      name                   = alias.value.name
      zone_id                = alias.value.hosted_zone_id
      evaluate_target_health = true
    }
  }

  failover_routing_policy {
    type = each.value.failover
  }
}
