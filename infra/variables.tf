# What a user decides. Only hosted_zone_name and domain_name have no default.

variable "name" {
  description = "Prefix of every name in the account, so that two stacks can share one."
  type        = string
  default     = "multi-region-api"
  nullable    = false

  validation {
    # Role names are the tightest: 64 characters, of which "-ap-southeast-1-gateway" takes 23.
    condition     = can(regex("^[a-z][a-z0-9-]{1,39}$", var.name))
    error_message = "name is \"${var.name}\": use 2 to 40 lower-case letters, digits and hyphens, a letter first."
  }
}

variable "hosted_zone_name" {
  description = "Public Route 53 hosted zone, which must exist, that holds domain_name: example.com"
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9_-]{1,63}\\.)+[a-z0-9-]{1,63}$", var.hosted_zone_name))
    error_message = "hosted_zone_name is \"${var.hosted_zone_name}\": use the zone's name in lower case and without a dot at its end, as in example.com."
  }
}

variable "domain_name" {
  description = "Name that clients use, below hosted_zone_name: api.example.com"
  type        = string
  nullable    = false

  validation {
    # A certificate's first name: https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
    condition     = can(regex("^[a-z0-9.-]{1,64}$", var.domain_name))
    error_message = "domain_name is \"${var.domain_name}\": use lower-case letters, digits, hyphens and dots, and no more than the 64 characters that ACM takes."
  }
  validation {
    condition     = var.domain_name == var.hosted_zone_name || endswith(var.domain_name, ".${var.hosted_zone_name}")
    error_message = "domain_name is \"${var.domain_name}\": it must lie below hosted_zone_name, as in api.${var.hosted_zone_name}."
  }
  validation {
    # RFC 1034, 3.6.2: a name with a CNAME has nothing else, and an apex has SOA and NS.
    condition     = var.domain_name != var.hosted_zone_name || var.dns_ttl == null
    error_message = "domain_name is \"${var.domain_name}\", the zone's own name, which can't have a CNAME: use a name below it, as in api.${var.hosted_zone_name}, or dns_ttl = null for alias records."
  }
}

variable "primary_region" {
  description = "Region that serves while it is healthy."
  type        = string
  default     = "us-east-1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-gov)?-[a-z]+-[0-9]$", var.primary_region))
    error_message = "primary_region is \"${var.primary_region}\": use a region's code, as in us-east-1."
  }
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
  validation {
    condition     = can(regex("^[a-z]{2}(-gov)?-[a-z]+-[0-9]$", var.secondary_region))
    error_message = "secondary_region is \"${var.secondary_region}\": use a region's code, as in us-west-2."
  }
  validation {
    # Neither a table nor an account spans two partitions: China (cn-), GovCloud (us-gov-), the rest.
    condition = (
      startswith(var.primary_region, "cn-") == startswith(var.secondary_region, "cn-")
      && startswith(var.primary_region, "us-gov-") == startswith(var.secondary_region, "us-gov-")
    )
    error_message = "secondary_region is \"${var.secondary_region}\", in another partition of AWS than primary_region, \"${var.primary_region}\": a table can't span two. Use two regions of China (cn-), two of GovCloud (us-gov-), or two others."
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

variable "routing" {
  description = <<-EOT
    Which region DNS answers. failover: primary_region while it is healthy, else secondary_region.
    latency: the nearer of the two that are healthy; both take writes. weighted: in proportion to
    weights. Change it in one apply, without a gap: docs/routing.md.
  EOT
  type        = string
  default     = "failover"
  nullable    = false

  validation {
    condition     = contains(["failover", "latency", "weighted"], var.routing)
    error_message = "routing is \"${var.routing}\": use failover, latency or weighted."
  }
}

variable "weights" {
  description = <<-EOT
    How much of the traffic each region gets with routing = "weighted": its weight's share of the
    sum. A region of weight 0 gets none while the other is healthy.
  EOT
  type = object({
    primary   = optional(number, 100)
    secondary = optional(number, 0)
  })
  default  = {}
  nullable = false

  validation {
    # https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html (Weight)
    condition     = alltrue([for weight in values(var.weights) : contains(range(256), weight)])
    error_message = "weights are primary = ${var.weights.primary}, secondary = ${var.weights.secondary}: use whole numbers from 0 to 255."
  }
  validation {
    condition     = var.weights.primary != 0 || var.weights.secondary != 0
    error_message = "weights are both 0, which Route 53 answers with both alike: give one of them 1 to 255."
  }
}

variable "standby" {
  description = <<-EOT
    What a region has ready for the other's clients. cold: nothing; functions start when they are
    called. warm: provisioned_concurrency on the standby, in both regions where both serve, and more
    as traffic comes: docs/standby.md.
  EOT
  type        = string
  default     = "cold"
  nullable    = false

  validation {
    condition     = contains(["cold", "warm"], var.standby)
    error_message = "standby is \"${var.standby}\": use cold or warm."
  }
}

variable "provisioned_concurrency" {
  description = <<-EOT
    With standby = "warm", how many environments of the reader and of the writer are ready at
    least, and at most while traffic is high. The least is what a failover finds; it is paid for all
    month.
  EOT
  type = object({
    read  = optional(object({ min = optional(number, 5), max = optional(number, 50) }), {})
    write = optional(object({ min = optional(number, 2), max = optional(number, 50) }), {})
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for range in values(var.provisioned_concurrency) :
      range.min >= 2 && range.max >= range.min && floor(range.min) == range.min && floor(range.max) == range.max
    ])
    error_message = join(" ", [
      "provisioned_concurrency is read ${var.provisioned_concurrency.read.min} to ${var.provisioned_concurrency.read.max},",
      "write ${var.provisioned_concurrency.write.min} to ${var.provisioned_concurrency.write.max}: use whole numbers, min 2 or more",
      "(one environment is all busy with one request, so scaling would never rest), and max no less than min.",
    ])
  }
  validation {
    condition = alltrue([
      for kind, range in var.provisioned_concurrency :
      var.reserved_concurrency[kind] == null ? true : range.max <= var.reserved_concurrency[kind] || var.standby == "cold"
    ])
    # https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
    error_message = join(" ", [
      "provisioned_concurrency has max ${var.provisioned_concurrency.read.max} for read and ${var.provisioned_concurrency.write.max} for write:",
      "Lambda takes no more than the function's reserved_concurrency; raise that, or lower max.",
    ])
  }
  validation {
    condition = var.standby == "cold" || var.provisioned_concurrency.read.max + var.provisioned_concurrency.write.max <= var.reserved_concurrency.account - 100
    error_message = join(" ", [
      "provisioned_concurrency has a max of ${var.provisioned_concurrency.read.max + var.provisioned_concurrency.write.max} for both:",
      "of the account's ${var.reserved_concurrency.account} (reserved_concurrency.account) Lambda keeps 100 for others.",
      "Lower max, or say account if the quota is higher.",
    ])
  }
}

variable "snap_start" {
  description = <<-EOT
    Functions start as copies of a snapshot (SnapStart), which Lambda keeps of each published version
    and asks $1.98 a month for: for routes whose start takes a second. Takes effect with the next
    release: docs/standby.md.
  EOT
  type        = bool
  default     = false
  nullable    = false

  validation {
    # https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
    condition = !var.snap_start || var.standby == "cold"
    error_message = join(" ", [
      "snap_start is true and standby is \"${var.standby}\":",
      "Lambda keeps nothing ready of a version with SnapStart; use one of the two.",
    ])
  }
}

variable "reserved_concurrency" {
  description = <<-EOT
    How many environments of each function may run at once in a region, which no other function of the
    account can take: a flood of reads can't starve writes, or the reverse. null reserves none.
    account: the quota of concurrent executions that the account has in each region, of which Lambda
    keeps 100 for functions without a reservation: `aws lambda get-account-settings` tells it.
  EOT
  type = object({
    read    = optional(number)
    write   = optional(number)
    account = optional(number, 1000)
  })
  default  = {}
  nullable = false

  validation {
    # Health checkers ask some 1.1 times a second, and while the table hangs each of those takes 1.7 s, or more after a start.
    condition     = var.reserved_concurrency.read == null ? true : var.reserved_concurrency.read >= 10 && floor(var.reserved_concurrency.read) == var.reserved_concurrency.read
    error_message = "reserved_concurrency.read is ${coalesce(var.reserved_concurrency.read, 0)}: use 10 or more (health checkers need up to 3 of them), or null to reserve none."
  }
  validation {
    condition     = var.reserved_concurrency.write == null ? true : var.reserved_concurrency.write >= 1 && floor(var.reserved_concurrency.write) == var.reserved_concurrency.write
    error_message = "reserved_concurrency.write is ${coalesce(var.reserved_concurrency.write, 0)}: use 1 or more (0 would stop writes), or null to reserve none."
  }
  validation {
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
    condition     = coalesce(var.reserved_concurrency.read, 0) + coalesce(var.reserved_concurrency.write, 0) <= max(var.reserved_concurrency.account - 100, 0)
    error_message = "reserved_concurrency of read and write is more than ${max(var.reserved_concurrency.account - 100, 0)} together: of the account's ${var.reserved_concurrency.account} Lambda keeps 100 unreserved. Reserve less, or say reserved_concurrency.account if the quota is higher."
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

variable "limits" {
  description = <<-EOT
    What each region takes before it answers 429. requests_per_second, burst: of all callers, on each
    route. writes_per_second, write_burst, writes_per_day: of the API key; null for no daily quota.
  EOT
  type = object({
    requests_per_second = optional(number, 1000)
    burst               = optional(number, 500)
    writes_per_second   = optional(number, 500)
    write_burst         = optional(number, 250)
    writes_per_day      = optional(number, 5000000)
  })
  default  = {}
  nullable = false

  validation {
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
    condition     = var.limits.requests_per_second >= 10 && var.limits.requests_per_second <= 10000
    error_message = "limits.requests_per_second is ${var.limits.requests_per_second}: use 10 (health checkers take 1.1) to 10000, what AWS gives an account in a region."
  }
  validation {
    condition     = var.limits.burst >= 10 && var.limits.burst <= 5000 && floor(var.limits.burst) == var.limits.burst
    error_message = "limits.burst is ${var.limits.burst}: use 10 to 5000, what AWS gives an account in a region."
  }
  validation {
    condition     = var.limits.writes_per_second >= 1 && var.limits.writes_per_second <= var.limits.requests_per_second
    error_message = "limits.writes_per_second is ${var.limits.writes_per_second}: use 1 to ${var.limits.requests_per_second}, limits.requests_per_second."
  }
  validation {
    condition     = var.limits.write_burst >= 1 && var.limits.write_burst <= var.limits.burst && floor(var.limits.write_burst) == var.limits.write_burst
    error_message = "limits.write_burst is ${var.limits.write_burst}: use 1 to ${var.limits.burst}, limits.burst."
  }
  validation {
    condition     = var.limits.writes_per_day == null ? true : var.limits.writes_per_day >= 1 && floor(var.limits.writes_per_day) == var.limits.writes_per_day
    error_message = "limits.writes_per_day is ${coalesce(var.limits.writes_per_day, 0)}: use 1 or more, or null for no quota."
  }
}

variable "waf" {
  description = <<-EOT
    The firewall of each region. rate_limit: requests of one address in 5 minutes. rate, ip_reputation,
    known_bad_inputs, common: BLOCK, or COUNT to see in its log what would be blocked.
    common_rules_counted: rules of AWSManagedRulesCommonRuleSet that count only. Those two refuse bodies
    over 8 KB and queries over 2 KB, which this API takes; add CrossSiteScripting_BODY if Data holds HTML.
  EOT
  type = object({
    enabled              = optional(bool, true)
    rate_limit           = optional(number, 10000)
    rate                 = optional(string, "BLOCK")
    ip_reputation        = optional(string, "BLOCK")
    known_bad_inputs     = optional(string, "BLOCK")
    common               = optional(string, "BLOCK")
    common_rules_counted = optional(set(string), ["SizeRestrictions_BODY", "SizeRestrictions_QUERYSTRING"])
  })
  default  = {}
  nullable = false

  validation {
    # https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
    condition     = var.waf.rate_limit >= 100 && var.waf.rate_limit <= 2000000000 && floor(var.waf.rate_limit) == var.waf.rate_limit
    error_message = "waf.rate_limit is ${var.waf.rate_limit}: use 100 (a health checker makes 30 requests in 5 minutes) to 2000000000."
  }
  validation {
    condition = alltrue([
      for action in [var.waf.rate, var.waf.ip_reputation, var.waf.known_bad_inputs, var.waf.common] : contains(["BLOCK", "COUNT"], action)
    ])
    error_message = "waf.rate, ip_reputation, known_bad_inputs, common are ${join(", ", [var.waf.rate, var.waf.ip_reputation, var.waf.known_bad_inputs, var.waf.common])}: use BLOCK or COUNT for each."
  }
}

variable "monitoring" {
  description = <<-EOT
    Who is told and what is kept. email: mailbox for alarms, which must confirm a mail from AWS for each
    region; null for none. dashboards: one a region and one across. log_retention_days: of all logs.
  EOT
  type = object({
    email              = optional(string)
    dashboards         = optional(bool, true)
    log_retention_days = optional(number, 365)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.monitoring.email == null ? true : can(regex("^[^@\\s]+@[^@\\s]+$", var.monitoring.email))
    error_message = "monitoring.email is \"${coalesce(var.monitoring.email, "null")}\": use an address, as in ops@${var.hosted_zone_name}, or null."
  }
  validation {
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    condition = contains(
      [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      var.monitoring.log_retention_days
    )
    error_message = "monitoring.log_retention_days is ${var.monitoring.log_retention_days}: CloudWatch Logs takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "encryption" {
  description = <<-EOT
    Keys for items and logs. AWS_OWNED: AWS's own, at no charge. CUSTOMER: a key of yours in each region,
    which you can audit and revoke. Decide before there is data: changing it replaces the replica.
  EOT
  type        = string
  default     = "AWS_OWNED"
  nullable    = false

  validation {
    condition     = contains(["AWS_OWNED", "CUSTOMER"], var.encryption)
    error_message = "encryption is \"${var.encryption}\": use AWS_OWNED or CUSTOMER."
  }
}

variable "manage_api_gateway_log_role" {
  description = <<-EOT
    Set the role with which API Gateway writes logs. An account has one a region: set this to false in
    every stack but the one that will live longest, with which the role goes and so all APIs' logs, and
    wherever the account has such a role already.
  EOT
  type        = bool
  default     = true
  nullable    = false
}
