# One provider a region. There is no default provider, so a resource that names neither region
# is an error instead of landing in the wrong one.

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

# Route 53 publishes its metrics in one region of each partition, whichever serve.
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html
provider "aws" {
  alias  = "global"
  region = local.global_region

  default_tags {
    tags = local.tags
  }
}

locals {
  partition = (
    startswith(var.primary_region, "cn-") ? "aws-cn" :
    startswith(var.primary_region, "us-gov-") ? "aws-us-gov" : "aws"
  )
  global_region = { aws = "us-east-1", aws-cn = "cn-northwest-1", aws-us-gov = "us-gov-west-1" }[local.partition]

  tags = {
    Stack     = var.name
    ManagedBy = "terraform"
  }
}
