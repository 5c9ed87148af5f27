# A bucket for states: every version kept for a while, encrypted, and open to nobody outside the account
# nor over anything but TLS.

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:Those logs come at best effort; CloudTrail's data events say who read a state, if the account's owner has them on.
  #checkov:skip=CKV_AWS_144:state.tf copies the one bucket to the other, and the copy has no copy.
  #checkov:skip=CKV_AWS_145:A key in KMS belongs to one region, and recovering a state must not need the one that is lost.
  #checkov:skip=CKV2_AWS_62:Nothing is to happen when a state is written.
  bucket        = var.name
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

# With S3's own keys: a key in KMS belongs to one region, and recovering a state must not need the one
# that is lost.
resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.this.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced" # no ACLs: the account owns what is written
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "OnlyOverTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        Sid       = "OnlyOverTls12"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]
        Condition = { NumericLessThan = { "s3:TlsVersion" = "1.2" } }
      },
    ]
  })

  # Two changes of one bucket's access at a time are refused as conflicting.
  depends_on = [aws_s3_bucket_public_access_block.this]
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      newer_noncurrent_versions = var.old_versions.kept
      noncurrent_days           = var.old_versions.days
    }

    expiration {
      expired_object_delete_marker = true # what lock files leave behind
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  # Plans that were kept for their approval: stale by the next apply, and not without secrets.
  rule {
    id     = "plans"
    status = "Enabled"

    filter {
      prefix = "plans/"
    }

    expiration {
      days = 14
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }
  }

  # S3 refuses rules on old versions where there are none.
  depends_on = [aws_s3_bucket_versioning.this]
}
