# One provider a region, and no default: a resource that names neither is an error.

provider "aws" {
  alias  = "primary"
  region = var.primary_region

  default_tags {
    tags = local.tags
  }
}

provider "aws" {
  alias  = "secondary"
  region = var.secondary_region

  default_tags {
    tags = local.tags
  }
}

data "aws_caller_identity" "this" {
  provider = aws.primary
}

data "aws_partition" "this" {
  provider = aws.primary
}

locals {
  account   = data.aws_caller_identity.this.account_id
  partition = data.aws_partition.this.partition
  regions   = [var.primary_region, var.secondary_region]

  tags = {
    Stack     = "${var.name}-bootstrap"
    ManagedBy = "terraform"
  }
}
