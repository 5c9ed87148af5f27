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
