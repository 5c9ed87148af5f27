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
