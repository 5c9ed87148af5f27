# The customer's own key for what this region keeps, if one is asked for: items and logs.

locals {
  # Without one, DynamoDB and CloudWatch Logs use keys that AWS owns, at no charge.
  data_key_arn = one(aws_kms_key.data[*].arn)

  # The API's functions are the only ones who need items in clear.
  key_users = [aws_iam_role.api_handler_role.arn, aws_iam_role.write_role.arn]

  # The names of this region's log groups, which can't be asked for them: they wait for the key. API
  # Gateway's goes on with the API's id.
  key_log_groups = [
    "/aws/lambda/${var.name}-read", "/aws/lambda/${var.name}-write", "/aws/apigateway/${var.name}-access",
    "API-Gateway-Execution-Logs_*", "aws-waf-logs-${var.name}",
  ]
}

resource "aws_kms_key" "data" {
  count = var.encryption == "CUSTOMER" ? 1 : 0

  description         = "Items and logs of ${var.name}"
  enable_key_rotation = true
  # A key's end is the data's end: as long as AWS gives one to change one's mind.
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        # Else nobody, not even the account's owner, could change or delete the key. Whoever creates
        # the table acts by this too: DynamoDB keeps its own access by grants that it has created.
        Sid       = "AdministerByIam"
        Effect    = "Allow"
        Principal = { AWS = "arn:${data.aws_partition.this.partition}:iam::${data.aws_caller_identity.this.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*" # in a key's policy: this key
      },
      {
        # DynamoDB uses a table's key in the name of who reads or writes the table.
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
        Sid       = "UseItems"
        Effect    = "Allow"
        Principal = { AWS = local.key_users }
        Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "*"
        Condition = { StringEquals = { "kms:ViaService" = "dynamodb.${var.region}.${data.aws_partition.this.dns_suffix}" } }
      },
      {
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        Sid       = "EncryptLogs"
        Effect    = "Allow"
        Principal = { Service = "logs.${var.region}.${data.aws_partition.this.dns_suffix}" }
        Action    = ["kms:Decrypt", "kms:Describe*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "*"
        Condition = {
          ArnLike = {
            "kms:EncryptionContext:aws:logs:arn" = [
              for name in local.key_log_groups :
              "arn:${data.aws_partition.this.partition}:logs:${var.region}:${data.aws_caller_identity.this.account_id}:log-group:${name}"
            ]
          }
        }
      },
    ]
  })
}

resource "aws_kms_alias" "data" {
  count = length(aws_kms_key.data)

  name          = "alias/${var.name}-data"
  target_key_id = aws_kms_key.data[0].key_id
}
