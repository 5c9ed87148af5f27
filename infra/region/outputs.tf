# What the root configuration needs to know of a region.

output "region" {
  description = "This region."
  value       = var.region
}

output "regional_domain_name" {
  description = "The region's own domain name."
  value       = local.regional_domain_name
}

output "target" {
  description = "Where the shared name's records point for this region."
  value = {
    name           = aws_api_gateway_domain_name.shared.regional_domain_name
    hosted_zone_id = aws_api_gateway_domain_name.shared.regional_zone_id
  }
}

output "certificate_validation" {
  description = "By domain name, the record that validates it."
  value = {
    for option in aws_acm_certificate.api.domain_validation_options : option.domain_name => {
      name  = option.resource_record_name
      type  = option.resource_record_type
      value = option.resource_record_value
    }
  }
}

output "api_key_value" {
  description = "Value of the API key; null when writes need none."
  value       = one(aws_api_gateway_api_key.clients[*].value)
  sensitive   = true
}
