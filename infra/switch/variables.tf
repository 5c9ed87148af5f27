# What the root configuration tells a switch.

variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "role" {
  description = "Which region it withdraws: primary or secondary."
  type        = string
}

variable "withdraws" {
  description = "That region."
  type        = string
}

variable "region" {
  description = "The other one, in which the switch is."
  type        = string
}
