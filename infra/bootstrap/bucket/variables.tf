# What the root configuration tells each bucket.

variable "name" {
  description = "Name of the bucket."
  type        = string
}

variable "old_versions" {
  description = "How many old versions are kept whatever their age, and for how many days all others are."
  type = object({
    kept = number
    days = number
  })
}

variable "force_destroy" {
  description = "Let a destroy delete the bucket with what is in it."
  type        = bool
}
