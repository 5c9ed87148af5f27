# What a region's notifications need to know.

variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "email" {
  description = "Mailbox that alarms are sent to; null for none."
  type        = string
  default     = null
}
