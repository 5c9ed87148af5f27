# The data: one DynamoDB global table, written in either region and replicated to the other.

resource "aws_dynamodb_table" "items" {
  provider = aws.primary

  name         = "${var.name}-items"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "ItemId"

  attribute {
    name = "ItemId"
    type = "S"
  }

  # Global tables replicate through the stream, which must carry both images.
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables.tutorial.html
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  deletion_protection_enabled = var.deletion_protection

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = false # the key that DynamoDB owns, at no charge; both regions alike
  }

  # In the table's own state: managed elsewhere, an apply of the table can delete the replica
  # (terraform-provider-aws issue 38968).
  replica {
    region_name            = var.secondary_region
    point_in_time_recovery = true
    propagate_tags         = true
  }
}

locals {
  replica_arn = one(aws_dynamodb_table.items.replica).arn
}
