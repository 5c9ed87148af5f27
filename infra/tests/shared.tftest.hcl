# What both regions share: one table with a replica, one key, one proof of the shared name.

mock_provider "aws" {
  alias           = "primary"
  source          = "./tests/aws"
  override_during = plan
}

mock_provider "aws" {
  alias           = "secondary"
  source          = "./tests/aws"
  override_during = plan
}

mock_provider "aws" {
  alias           = "global"
  source          = "./tests/aws"
  override_during = plan
}

override_resource {
  target          = module.primary.aws_acm_certificate.api
  override_during = plan
  values = {
    domain_validation_options = [
      { domain_name = "api.example.com", resource_record_name = "_shared", resource_record_type = "CNAME", resource_record_value = "_a" },
      { domain_name = "us-east-1.api.example.com", resource_record_name = "_east", resource_record_type = "CNAME", resource_record_value = "_b" },
    ]
  }
}

override_resource {
  target          = module.secondary.aws_acm_certificate.api
  override_during = plan
  values = {
    domain_validation_options = [
      { domain_name = "api.example.com", resource_record_name = "_shared", resource_record_type = "CNAME", resource_record_value = "_a" },
      { domain_name = "us-west-2.api.example.com", resource_record_name = "_west", resource_record_type = "CNAME", resource_record_value = "_c" },
    ]
  }
}

run "the_table_is_guarded_and_restorable_in_both_regions" {
  command = plan

  assert {
    condition     = aws_dynamodb_table_replica.items.global_table_arn == aws_dynamodb_table.items.arn
    error_message = "The standby must hold a replica of the table."
  }

  assert {
    condition = (
      one(aws_dynamodb_table.items.point_in_time_recovery).enabled
      && aws_dynamodb_table_replica.items.point_in_time_recovery
    )
    error_message = "Both regions need point-in-time recovery: replication copies a mistake within a second."
  }

  assert {
    condition     = aws_dynamodb_table.items.deletion_protection_enabled && aws_dynamodb_table_replica.items.deletion_protection_enabled
    error_message = "The table must be protected from deletion in both regions unless its owner says otherwise."
  }

  assert {
    condition     = aws_dynamodb_table.items.stream_enabled && aws_dynamodb_table.items.stream_view_type == "NEW_AND_OLD_IMAGES"
    error_message = "A global table replicates through its stream, which must carry both images."
  }
}

run "by_default_aws_owns_the_keys_of_the_table_and_the_replica" {
  command = plan

  assert {
    condition     = !one(aws_dynamodb_table.items.server_side_encryption).enabled && module.secondary.data_key_arn == null
    error_message = "A customer's key costs, and is not used unless it is asked for."
  }
}

run "a_customers_key_is_the_tables_and_the_replicas_each_in_its_region" {
  command = plan

  variables {
    encryption = "CUSTOMER"
  }

  override_resource {
    target          = module.primary.aws_kms_key.data
    override_during = plan
    values          = { arn = "arn:aws:kms:us-east-1:123456789012:key/east" }
  }

  override_resource {
    target          = module.secondary.aws_kms_key.data
    override_during = plan
    values          = { arn = "arn:aws:kms:us-west-2:123456789012:key/west" }
  }

  assert {
    condition = (
      one(aws_dynamodb_table.items.server_side_encryption).kms_key_arn == "arn:aws:kms:us-east-1:123456789012:key/east"
      && aws_dynamodb_table_replica.items.kms_key_arn == "arn:aws:kms:us-west-2:123456789012:key/west"
    )
    error_message = "Each copy of the table must be under the key of its own region: a key is in one region only."
  }
}

run "the_shared_names_proof_has_one_owner" {
  command = plan

  assert {
    condition = { for record in aws_route53_record.certificate_validation : record.name => one(record.records) } == {
      _shared = "_a"
      _east   = "_b"
      _west   = "_c"
    }
    error_message = "ACM gives an account one proof for a name in every region: it must be written once, and each region's own name's beside it."
  }
}

run "both_regions_take_one_key" {
  command = plan

  override_resource {
    target          = module.primary.aws_api_gateway_api_key.clients
    override_during = plan
    values          = { value = "generated-in-the-primary-region" }
  }

  assert {
    condition     = nonsensitive(module.secondary.api_key_value) == "generated-in-the-primary-region"
    error_message = "A client must keep its key when DNS moves it to the other region."
  }
}
