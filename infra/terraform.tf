# What runs this configuration, and where its state lives.

terraform {
  # 1.11 is the first release whose S3 backend locks with a lock file (use_lockfile) without
  # calling it experimental.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  # Partial on purpose: bucket, key and region differ from one environment to the next.
  backend "s3" {
    use_lockfile = true
  }
}
