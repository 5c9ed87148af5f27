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

locals {
  tags = {
    Stack     = var.name
    ManagedBy = "terraform"
  }
}
