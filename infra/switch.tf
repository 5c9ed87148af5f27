# The operators' switches: each takes one region out of DNS although it is healthy, or keeps it out.
# `python -m infra failover` and `failback` throw one by putting a number on a CloudWatch metric in
# the other region: no control plane, and nothing in the region that may be lost.
# docs/runbook.md has the mechanics.

module "primary_switch" {
  source    = "./switch"
  providers = { aws = aws.secondary }

  name      = var.name
  role      = "primary"
  withdraws = var.primary_region
  region    = var.secondary_region
}

module "secondary_switch" {
  source    = "./switch"
  providers = { aws = aws.primary }

  name      = var.name
  role      = "secondary"
  withdraws = var.secondary_region
  region    = var.primary_region
}

locals {
  switches = {
    PRIMARY   = module.primary_switch.override
    SECONDARY = module.secondary_switch.override
  }
}

# What a serving region's records follow: its endpoint answers, and no operator has withdrawn it.
resource "aws_route53_health_check" "in_service" {
  provider = aws.primary
  for_each = local.regions

  type = "CALCULATED"
  child_healthchecks = [
    aws_route53_health_check.region[each.key].id,
    local.switches[each.key].health_check_id,
  ]
  child_health_threshold = 2

  tags = {
    Name = "${var.name} ${each.value.region} in service"
  }
}
