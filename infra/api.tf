# The API, once a region: the modules that `python -m infra package` generates from the Chalice
# app. This file is the only seam between Chalice and the rest of the configuration.

module "primary" {
  source    = "./build/primary"
  providers = { aws = aws.primary }

  name                    = var.name
  region                  = var.primary_region
  peer_region             = var.secondary_region
  standby                 = !local.serving["PRIMARY"]
  warm                    = local.warm["PRIMARY"]
  provisioned_concurrency = var.provisioned_concurrency
  reserved_concurrency    = var.reserved_concurrency
  snap_start              = var.snap_start
  domain_name             = var.domain_name
  hosted_zone_id          = data.aws_route53_zone.this.zone_id
  validation_record_fqdns = [for record in aws_route53_record.certificate_validation : record.fqdn]
  table_arn               = aws_dynamodb_table.items.arn
  table_name              = aws_dynamodb_table.items.name
  write_authorization     = var.write_authorization
  permissions_boundary    = var.permissions_boundary
  limits                  = var.limits
  waf                     = var.waf
  monitoring              = var.monitoring
  encryption              = var.encryption

  manage_api_gateway_log_role = var.manage_api_gateway_log_role
}

module "secondary" {
  source    = "./build/secondary"
  providers = { aws = aws.secondary }

  name                    = var.name
  region                  = var.secondary_region
  peer_region             = var.primary_region
  standby                 = !local.serving["SECONDARY"]
  warm                    = local.warm["SECONDARY"]
  provisioned_concurrency = var.provisioned_concurrency
  reserved_concurrency    = var.reserved_concurrency
  snap_start              = var.snap_start
  domain_name             = var.domain_name
  hosted_zone_id          = data.aws_route53_zone.this.zone_id
  validation_record_fqdns = [for record in aws_route53_record.certificate_validation : record.fqdn]
  table_arn               = aws_dynamodb_table_replica.items.arn
  table_name              = aws_dynamodb_table.items.name
  write_authorization     = var.write_authorization
  permissions_boundary    = var.permissions_boundary
  limits                  = var.limits
  waf                     = var.waf
  monitoring              = var.monitoring
  encryption              = var.encryption

  manage_api_gateway_log_role = var.manage_api_gateway_log_role
  # One key value in both regions: a client keeps its key when DNS moves it.
  api_key_value = module.primary.api_key_value
}
