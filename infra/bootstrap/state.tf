# Where the states live: a bucket in the primary region, copied to one in the standby region, so that
# the loss of a region takes no state with it.

module "state" {
  source    = "./bucket"
  providers = { aws = aws.primary }

  name          = "${var.name}-state-${local.account}-${var.primary_region}"
  old_versions  = var.old_versions
  force_destroy = var.force_destroy
}

module "replica" {
  source    = "./bucket"
  providers = { aws = aws.secondary }

  name          = "${var.name}-state-${local.account}-${var.secondary_region}"
  old_versions  = var.old_versions
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_replication_configuration" "state" {
  provider = aws.primary

  bucket = module.state.name
  role   = aws_iam_role.replication.arn

  rule {
    id     = "everything"
    status = "Enabled"

    filter {}

    # Else the lock files, which are deleted seconds after they are written, would stay in the
    # replica and lock out whoever recovers from it.
    delete_marker_replication {
      status = "Enabled"
    }

    destination {
      bucket        = module.replica.arn
      storage_class = "STANDARD"
    }
  }

  # Replication needs versioning in both buckets, which the names alone don't wait for.
  depends_on = [module.state, module.replica, aws_iam_role_policy.replication]
}

resource "aws_iam_role" "replication" {
  provider = aws.primary

  name = "${var.name}-state-replication"
  path = local.path

  # Without aws:SourceArn, which none of AWS's own examples for this role has: were S3 to leave it out, no
  # state would be copied, and nothing say so. The role can't be passed to S3 from another account anyway.
  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "s3.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "replication" {
  provider = aws.primary

  name = "replicate"
  role = aws_iam_role.replication.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
        Resource = module.state.arn
      },
      {
        Effect   = "Allow"
        Action   = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
        Resource = "${module.state.arn}/*"
      },
      {
        Effect   = "Allow"
        Action   = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
        Resource = "${module.replica.arn}/*"
      },
    ]
  })
}

# For tools that know no lock file. Terraform >= 1.11 calls dynamodb_table deprecated, and needs it not.
resource "aws_dynamodb_table" "lock" {
  provider = aws.primary
  count    = var.lock_table ? 1 : 0

  name         = "${var.name}-state-lock"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "LockID"

  attribute {
    name = "LockID"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = false # the key that DynamoDB owns: a lock names its holder and nothing else
  }

  deletion_protection_enabled = !var.force_destroy
}
