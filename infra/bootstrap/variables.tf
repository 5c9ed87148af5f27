# What an account's owner decides. Only github_repository and hosted_zone_ids have no default.

variable "name" {
  description = <<-EOT
    Prefix of every name in the account. The stacks that the roles may change are the ones whose own
    `name` is this, or begins with this and a hyphen: "multi-region-api-staging".
  EOT
  type        = string
  default     = "multi-region-api"
  nullable    = false

  validation {
    # Bucket names are the tightest: 63 characters, of which "-state-123456789012-us-gov-east-1" takes 33.
    condition     = can(regex("^[a-z][a-z0-9-]{1,28}[a-z0-9]$", var.name))
    error_message = "name is \"${var.name}\": use 3 to 30 lower-case letters, digits and hyphens, a letter first and no hyphen last."
  }
}

variable "primary_region" {
  description = "Region of the state, and of the stacks' primary."
  type        = string
  default     = "us-east-1"
  nullable    = false
}

variable "secondary_region" {
  description = "Region of the state's replica, and of the stacks' standby."
  type        = string
  default     = "us-west-2"
  nullable    = false

  validation {
    condition     = var.secondary_region != var.primary_region
    error_message = "secondary_region is \"${var.secondary_region}\", the primary region: losing it would lose the state and its replica."
  }
}

variable "github_repository" {
  description = <<-EOT
    The repository whose workflows may take on the roles, without wildcards, as GitHub's tokens name it:
    owner@id/name@id if it was made, renamed or moved after 2026-07-15, or opted in; else owner/name.
    `gh api repos/OWNER/NAME/actions/oidc/customization/sub --jq .sub_claim_prefix` says it, after "repo:".
  EOT
  type        = string
  nullable    = false

  validation {
    # Both ids or none: https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims
    condition     = can(regex("^([A-Za-z0-9-]+/[A-Za-z0-9._-]+|[A-Za-z0-9-]+@[0-9]+/[A-Za-z0-9._-]+@[0-9]+)$", var.github_repository))
    error_message = "github_repository is \"${var.github_repository}\": use owner/name or owner@id/name@id, as in example-org@123456/multi-region-api@456789; a wildcard would let other repositories in."
  }
}

variable "github_branch" {
  description = "The branch that is deployed; its workflows may plan."
  type        = string
  default     = "main"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._/-]+$", var.github_branch))
    error_message = "github_branch is \"${var.github_branch}\": name one branch, without wildcards."
  }
}

variable "environments" {
  description = "GitHub environments whose jobs may apply in this account. Their protection rules are the approval."
  type        = set(string)
  default     = ["staging", "prod"]
  nullable    = false

  validation {
    condition     = length(var.environments) > 0 && alltrue([for name in var.environments : can(regex("^[a-z][a-z0-9-]*$", name))])
    error_message = "environments is ${jsonencode(var.environments)}: name at least one, each of lower-case letters, digits and hyphens."
  }
}

variable "oidc_provider_arn" {
  description = "The account's OIDC provider of GitHub if there is one, since an account can have one only; null makes it."
  type        = string
  default     = null

  validation {
    condition     = var.oidc_provider_arn == null ? true : endswith(var.oidc_provider_arn, ":oidc-provider/token.actions.githubusercontent.com")
    error_message = "oidc_provider_arn is \"${coalesce(var.oidc_provider_arn, "null")}\": it must be the ARN of the provider token.actions.githubusercontent.com."
  }
}

variable "hosted_zone_ids" {
  description = "Hosted zones in which the stacks may change records."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.hosted_zone_ids) > 0 && alltrue([for id in var.hosted_zone_ids : can(regex("^Z[A-Z0-9]+$", id))])
    error_message = "hosted_zone_ids is ${jsonencode(var.hosted_zone_ids)}: name at least one, as in [\"Z0123456789ABCDEFGHIJ\"]."
  }
}

variable "lock_table" {
  description = "Make a DynamoDB table for locks, for tools that know no lock file in the bucket (Terraform < 1.10)."
  type        = bool
  default     = false
  nullable    = false
}

variable "old_versions" {
  description = "How many old versions of a state are kept whatever their age, and for how many days all others are."
  type = object({
    kept = optional(number, 20)
    days = optional(number, 90)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(range(1, 101), var.old_versions.kept)
    error_message = "old_versions.kept is ${var.old_versions.kept}: S3 takes 1 to 100."
  }
  validation {
    condition     = var.old_versions.days >= 1 && floor(var.old_versions.days) == var.old_versions.days
    error_message = "old_versions.days is ${var.old_versions.days}: use whole days, 1 or more."
  }
}

variable "force_destroy" {
  description = "Let a destroy delete the buckets with the states in them. True only to take an account down."
  type        = bool
  default     = false
  nullable    = false
}
