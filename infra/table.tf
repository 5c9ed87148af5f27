# The data: one DynamoDB global table, written in either region and replicated to the other.

resource "aws_dynamodb_table" "items" {
  #checkov:skip=CKV_AWS_119:With encryption = "CUSTOMER" it is; by default AWS owns the key, as docs/decisions.md has it.
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

  # Without a key: the one that DynamoDB owns, at no charge.
  server_side_encryption {
    enabled     = var.encryption == "CUSTOMER"
    kms_key_arn = module.primary.data_key_arn
  }

  # The replica is a resource of its own, below. As a block in here it could have no protection from
  # deletion (terraform-provider-aws issue 42846), and an edit could take it away in place.
  lifecycle {
    ignore_changes = [replica]
  }
}

# In the same state as its table: kept apart, an apply of the table deleted the replica
# (terraform-provider-aws issue 38968).
resource "aws_dynamodb_table_replica" "items" {
  provider = aws.secondary

  global_table_arn            = aws_dynamodb_table.items.arn
  kms_key_arn                 = module.secondary.data_key_arn
  point_in_time_recovery      = true
  deletion_protection_enabled = var.deletion_protection
}
