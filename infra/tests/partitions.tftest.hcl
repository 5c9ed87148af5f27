# Any two regions of one partition are as good as the default pair.

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

variables {
  hosted_zone_name = "example.com"
  domain_name      = "api.example.com"

  # The provider takes seconds for a firewall, of which no run here sees anything.
  waf = { enabled = false }
}

run "two_regions_of_europe_are_as_good_as_any" {
  command = plan

  variables {
    primary_region   = "eu-west-1"
    secondary_region = "eu-central-1"
  }

  assert {
    condition = { for role, check in aws_route53_health_check.region : role => check.fqdn } == {
      PRIMARY   = "eu-west-1.api.example.com"
      SECONDARY = "eu-central-1.api.example.com"
    }
    error_message = "Each region must be probed under its own name."
  }

  assert {
    condition     = toset(values(aws_route53_record.routed)[*].set_identifier) == toset(["eu-west-1", "eu-central-1"])
    error_message = "Each region's record must carry its own name."
  }

  assert {
    condition     = { for role, region in output.deployment.regions : role => region.override.region } == { primary = "eu-central-1", secondary = "eu-west-1" }
    error_message = "A region's switch must be in the other, whichever that is."
  }
}

run "two_regions_of_govcloud_are_as_good_as_any" {
  command = plan

  variables {
    primary_region   = "us-gov-east-1"
    secondary_region = "us-gov-west-1"
  }

  assert {
    condition     = local.global_region == "us-gov-west-1" && length(module.global_notifications) == 0
    error_message = "Route 53's alarms of GovCloud are in us-gov-west-1, which has a topic already."
  }

  assert {
    condition     = { for role, region in output.regions : role => region.region } == { primary = "us-gov-east-1", secondary = "us-gov-west-1" }
    error_message = "The regions must be the ones that were asked for."
  }
}

# On one region's module, for a run sees the resources of its own module only.
run "what_a_region_names_is_of_its_own_partition" {
  command   = plan
  providers = { aws = aws.primary }

  module {
    source = "./build/primary"
  }

  override_data {
    target          = data.aws_partition.this
    override_during = plan
    values          = { partition = "aws-cn", dns_suffix = "amazonaws.com.cn" }
  }

  variables {
    name                    = "stack"
    region                  = "cn-north-1"
    peer_region             = "cn-northwest-1"
    standby                 = false
    warm                    = false
    provisioned_concurrency = { read = { min = 5, max = 50 }, write = { min = 2, max = 50 } }
    snap_start              = false
    reserved_concurrency    = { read = null, write = null }
    hosted_zone_id          = "Z0"
    validation_record_fqdns = []
    table_arn               = "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/stack-items"
    table_name              = "stack-items"
    write_authorization     = "API_KEY"
    encryption              = "CUSTOMER"

    manage_api_gateway_log_role = true

    monitoring = { email = null, dashboards = true, log_retention_days = 365 }
    limits     = { requests_per_second = 1000, burst = 500, writes_per_second = 400, write_burst = 200, writes_per_day = 5000 }
    waf = {
      enabled              = false
      rate_limit           = 10000
      rate                 = "BLOCK"
      ip_reputation        = "BLOCK"
      known_bad_inputs     = "BLOCK"
      common               = "BLOCK"
      common_rules_counted = []
    }
  }

  assert {
    condition = (
      aws_iam_role_policy_attachment.gateway_logs[0].policy_arn == "arn:aws-cn:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
      && strcontains(aws_kms_key.data[0].policy, "arn:aws-cn:iam::123456789012:root")
      && strcontains(aws_kms_key.data[0].policy, "arn:aws-cn:logs:cn-north-1:")
    )
    error_message = "A name of another partition is nobody's: IAM and KMS refuse it."
  }

  assert {
    condition = (
      strcontains(aws_kms_key.data[0].policy, "logs.cn-north-1.amazonaws.com.cn")
      && strcontains(aws_kms_key.data[0].policy, "dynamodb.cn-north-1.amazonaws.com.cn")
    )
    error_message = "China's services have names of their own."
  }
}
