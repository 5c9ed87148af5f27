# What must exist before infra/ can be applied by anybody but a person: where its state lives, and the
# roles with which CI reads and changes it. Applied once an account, with its state beside it; then
# `python -m infra init --bootstrap` moves that state into the bucket that it made.
# docs/delivery.md has the steps.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  # Replaced by backend_override.tf, which the command above writes, once there is a bucket.
  backend "local" {}
}
