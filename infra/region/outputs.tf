# What the root configuration, and its tests, need to know of a region.

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

output "data_key_arn" {
  description = "The customer's key for items; null where AWS owns it."
  value       = local.data_key_arn
}

output "topic_arn" {
  description = "Where this region's alarms go."
  value       = module.notifications.topic_arn
}

output "alarms" {
  description = "By symptom, the ARN of the alarm."
  value       = { for symptom, alarm in aws_cloudwatch_metric_alarm.symptom : symptom => alarm.arn }
}

output "provisioned" {
  description = "By function, how many environments are ready at least."
  value       = { for kind, target in aws_appautoscaling_target.provisioned : kind => target.min_capacity }
}
