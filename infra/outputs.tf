# What the commands, and people, need to know of a deployment.

locals {
  deployment = {
    stack       = var.name
    domain_name = var.domain_name
    routing     = var.routing
    weights     = var.weights

    # What a drill holds the recovery to.
    health_check = var.health_check
    dns_ttl      = var.dns_ttl

    regions = {
      for role, region in local.regions : lower(role) => {
        region            = region.region
        domain_name       = region.regional_domain_name
        health_check_id   = local.health_check_ids[var.routing][role]
        endpoint_check_id = aws_route53_health_check.region[role].id
        # The operator's switch, in the other region.
        override = local.switches[role]
      }
    }

    # The primary's, where earlier versions look for it.
    override = local.switches["PRIMARY"]
  }
}

output "domain_name" {
  description = "Name that clients use."
  value       = var.domain_name
}

output "hosted_zone_id" {
  description = "Hosted zone of that name."
  value       = data.aws_route53_zone.this.zone_id
}

output "regions" {
  description = "Each region by its role: its name, its own domain name, the health check that its records follow and the one on its endpoint."
  value       = local.deployment.regions
}

output "deployment" {
  description = "What failover, failback, status and drill go by. `python -m infra apply` writes it to deployments/: keep a copy where it can be read without this state."
  value       = local.deployment
}

output "table_name" {
  description = "Name of the table, in both regions."
  value       = aws_dynamodb_table.items.name
}

output "api_key" {
  description = "Value of the x-api-key header that writes need; null when they need none."
  value       = module.primary.api_key_value
  sensitive   = true
}
