# Who answers for domain_name: a health check on each region's endpoint, for each routing policy a
# group of records that obey them and the operator's switches (switch.tf), and the shared name, which
# is an alias of one group.
#
# Route 53 takes one policy a name, and Terraform changes one record at a time: were the groups at the
# shared name itself, a change of policy would delete what answers before there is another answer. So
# all groups stand beside it, and the change is one UPSERT of one alias. docs/routing.md has the rest.

locals {
  regions = {
    PRIMARY   = module.primary
    SECONDARY = module.secondary
  }

  # Which regions clients are sent to while all are healthy; the others stand by.
  serving = {
    PRIMARY   = var.routing != "weighted" || var.weights.primary > 0
    SECONDARY = var.routing == "latency" || (var.routing == "weighted" && var.weights.secondary > 0)
  }

  # Where another region's clients may come to at once: not where all clients are already.
  warm = {
    PRIMARY   = var.standby == "warm" && var.routing != "failover"
    SECONDARY = var.standby == "warm"
  }

  # What each group's records follow. A standby's follow its endpoint alone: a switch that somebody
  # left thrown must not stand in the way of a failover.
  in_service = { for role, check in aws_route53_health_check.in_service : role => check.id }
  health_check_ids = {
    failover = merge(local.in_service, { SECONDARY = aws_route53_health_check.region["SECONDARY"].id })
    latency  = local.in_service
    weighted = local.in_service
  }

  # A short-lived CNAME by default: an alias takes its target's TTL, and the worst case of a
  # failover is detection plus TTL.
  record_types = var.dns_ttl == null ? ["A", "AAAA"] : ["CNAME"]

  # A group of aliases has names of its own, so that it can stand beside the CNAMEs that it replaces.
  # Names that begin with an underscore are no host's (RFC 8552).
  routed_names = {
    for policy in keys(local.health_check_ids) :
    policy => "_${policy}${var.dns_ttl == null ? "-alias" : ""}.${var.domain_name}"
  }

  routed_records = {
    for record in setproduct(keys(local.health_check_ids), keys(local.regions), local.record_types) :
    join("-", record) => { policy = record[0], role = record[1], type = record[2] }
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

resource "aws_route53_record" "routed" {
  #checkov:skip=CKV2_AWS_23:An alias to the region's own API: the name comes out of its module, where checkov does not look.
  provider = aws.primary
  for_each = local.routed_records

  zone_id         = data.aws_route53_zone.this.zone_id
  name            = local.routed_names[each.value.policy]
  type            = each.value.type
  set_identifier  = local.regions[each.value.role].region
  health_check_id = local.health_check_ids[each.value.policy][each.value.role]

  ttl     = var.dns_ttl
  records = each.value.type == "CNAME" ? [local.regions[each.value.role].target.name] : null

  dynamic "alias" {
    for_each = each.value.type == "CNAME" ? [] : [local.regions[each.value.role].target]
    content {
      name                   = alias.value.name
      zone_id                = alias.value.hosted_zone_id
      evaluate_target_health = true
    }
  }

  dynamic "failover_routing_policy" {
    for_each = each.value.policy == "failover" ? [each.value.role] : []
    content {
      type = failover_routing_policy.value
    }
  }

  dynamic "latency_routing_policy" {
    for_each = each.value.policy == "latency" ? [local.regions[each.value.role].region] : []
    content {
      region = latency_routing_policy.value
    }
  }

  dynamic "weighted_routing_policy" {
    for_each = each.value.policy == "weighted" ? [var.weights[lower(each.value.role)]] : []
    content {
      weight = weighted_routing_policy.value
    }
  }

  # A change of dns_ttl from or to null makes other groups: first those, then the alias moves, and
  # only then do the old ones go.
  lifecycle {
    create_before_destroy = true
  }
}

# The shared name. Route 53 resolves the alias itself: the answer is the chosen record's, under this
# name, with that record's TTL, and costs resolvers no step. A change of its type is one batch of the
# provider's, a DELETE and a CREATE, which Route 53 applies whole.
resource "aws_route53_record" "shared" {
  provider = aws.primary

  zone_id = data.aws_route53_zone.this.zone_id
  name    = var.domain_name
  type    = local.record_types[0]

  alias {
    name                   = aws_route53_record.routed["${var.routing}-PRIMARY-${local.record_types[0]}"].name
    zone_id                = data.aws_route53_zone.this.zone_id
    evaluate_target_health = true
  }

  depends_on = [aws_route53_record.routed] # a group is whole before it answers
}

resource "aws_route53_record" "shared_ipv6" {
  provider = aws.primary
  count    = var.dns_ttl == null ? 1 : 0

  zone_id = data.aws_route53_zone.this.zone_id
  name    = var.domain_name
  type    = "AAAA"

  alias {
    name                   = aws_route53_record.routed["${var.routing}-PRIMARY-AAAA"].name
    zone_id                = data.aws_route53_zone.this.zone_id
    evaluate_target_health = true
  }

  # Beside a CNAME nothing else may stand: this comes after it has gone, and goes before it comes.
  depends_on = [aws_route53_record.shared]
}
