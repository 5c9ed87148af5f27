# What a user decides. Only hosted_zone_name and domain_name have no default.

variable "name" {
  description = "Prefix of every name in the account, so that two stacks can share one."
  type        = string
  default     = "multi-region-api"
  nullable    = false

  validation {
    # Role names are the tightest: 64 characters, of which "-us-gov-east-1-write" takes 20.
    condition     = can(regex("^[a-z][a-z0-9-]{1,39}$", var.name))
    error_message = "name is \"${var.name}\": use 2 to 40 lower-case letters, digits and hyphens, a letter first."
  }
}

variable "hosted_zone_name" {
  description = "Public Route 53 hosted zone, which must exist, that holds domain_name: example.com"
  type        = string
  nullable    = false
}

variable "domain_name" {
  description = "Name that clients use, below hosted_zone_name: api.example.com"
  type        = string
  nullable    = false

  validation {
    condition     = endswith(var.domain_name, ".${var.hosted_zone_name}")
    error_message = "domain_name is \"${var.domain_name}\": it must lie below hosted_zone_name, as in api.${var.hosted_zone_name}."
  }
}

variable "primary_region" {
  description = "Region that serves while it is healthy."
  type        = string
  default     = "us-east-1"
  nullable    = false
}

variable "secondary_region" {
  description = "Region that takes over."
  type        = string
  default     = "us-west-2"
  nullable    = false

  validation {
    condition     = var.secondary_region != var.primary_region
    error_message = "secondary_region is \"${var.secondary_region}\", the primary region: losing it would lose both."
  }
}

variable "health_check" {
  description = <<-EOT
    How Route 53 judges a region. interval: seconds between a checker's requests, 10 or 30.
    threshold: requests in a row that must fail, or succeed, before a checker changes its mind.
  EOT
  type = object({
    interval  = optional(number, 10)
    threshold = optional(number, 3)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains([10, 30], var.health_check.interval)
    error_message = "health_check.interval is ${var.health_check.interval}: Route 53 takes 10 or 30."
  }
  validation {
    condition     = contains(range(1, 11), var.health_check.threshold)
    error_message = "health_check.threshold is ${var.health_check.threshold}: Route 53 takes 1 to 10."
  }
}

variable "dns_ttl" {
  description = <<-EOT
    Seconds for which resolvers may keep the answer for domain_name. null publishes alias records
    instead of a CNAME: free of charge per query, but with the TTL of their target (60 s).
  EOT
  type        = number
  default     = 10

  validation {
    condition     = var.dns_ttl == null ? true : var.dns_ttl >= 1 && var.dns_ttl <= 3600 && floor(var.dns_ttl) == var.dns_ttl
    error_message = "dns_ttl is ${coalesce(var.dns_ttl, 0)}: use 1 to 3600 whole seconds, or null for alias records."
  }
}

variable "write_authorization" {
  description = "API_KEY: writes need the x-api-key header, one key in both regions. NONE: anyone may write."
  type        = string
  default     = "API_KEY"
  nullable    = false

  validation {
    condition     = contains(["API_KEY", "NONE"], var.write_authorization)
    error_message = "write_authorization is \"${var.write_authorization}\": use API_KEY or NONE. (IAM would break failover: a SigV4 signature names one region.)"
  }
}

variable "deletion_protection" {
  description = "Refuse to delete the table in either region, whoever asks."
  type        = bool
  default     = true
  nullable    = false
}

variable "permissions_boundary" {
  description = <<-EOT
    ARN of the policy that bounds every role made here: infra/bootstrap's functions_boundary_arn, under
    which alone its apply role may make any. null bounds none.
  EOT
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null ? true : can(regex("^arn:[a-z-]+:iam::(\\d{12}|aws):policy/", var.permissions_boundary))
    error_message = "permissions_boundary is \"${coalesce(var.permissions_boundary, "null")}\": it must be the ARN of an IAM policy."
  }
}
