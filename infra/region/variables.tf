# What the root configuration tells each region.

variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "region" {
  description = "This region."
  type        = string
}

variable "domain_name" {
  description = "Name that clients use, shared by the regions."
  type        = string
}

variable "hosted_zone_id" {
  description = "Hosted zone of domain_name."
  type        = string
}

variable "validation_record_fqdns" {
  description = "Records that validate the certificate."
  type        = list(string)
}

variable "table_arn" {
  description = "The table, or its replica, in this region."
  type        = string
}

variable "table_name" {
  description = "Its name."
  type        = string
}

variable "write_authorization" {
  description = "API_KEY or NONE."
  type        = string
}

variable "api_key_value" {
  description = "Value of the API key; null to have API Gateway generate one."
  type        = string
  default     = null
  sensitive   = true
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds the functions' roles; null for none."
  type        = string
  default     = null
}

variable "peer_region" {
  description = "The other region."
  type        = string
}

variable "standby" {
  description = "Whether this region takes writes only after a failover."
  type        = bool
}

variable "warm" {
  description = "Whether environments are kept ready here."
  type        = bool
}

variable "snap_start" {
  description = "Whether functions start as copies of a snapshot."
  type        = bool
}

variable "provisioned_concurrency" {
  description = "See infra/variables.tf."
  type = object({
    read  = object({ min = number, max = number })
    write = object({ min = number, max = number })
  })
}

variable "reserved_concurrency" {
  description = "See infra/variables.tf."
  type = object({
    read  = number
    write = number
  })
}

variable "encryption" {
  description = "AWS_OWNED or CUSTOMER."
  type        = string
}

variable "manage_api_gateway_log_role" {
  description = "Whether this stack sets the role for API Gateway's logs, of which an account has one a region."
  type        = bool
}

variable "monitoring" {
  description = "See infra/variables.tf."
  type = object({
    email              = string
    dashboards         = bool
    log_retention_days = number
  })
}

variable "limits" {
  description = "See infra/variables.tf."
  type = object({
    requests_per_second = number
    burst               = number
    writes_per_second   = number
    write_burst         = number
    writes_per_day      = number
  })
}

variable "waf" {
  description = "See infra/variables.tf."
  type = object({
    enabled              = bool
    rate_limit           = number
    rate                 = string
    ip_reputation        = string
    known_bad_inputs     = string
    common               = string
    common_rules_counted = set(string)
  })
}
