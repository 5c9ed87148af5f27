# Whom a region's alarms reach. On the module of its notifications, whose resources a run on the root
# does not see.

mock_provider "aws" {
  source          = "./tests/aws"
  override_during = plan
}

variables {
  name = "stack"
}

run "cloudwatch_may_use_the_topic_and_its_key" {
  command = plan

  module {
    source = "./notifications"
  }

  assert {
    condition     = aws_sns_topic.alarms.kms_master_key_id == aws_kms_key.alarms.arn && aws_kms_key.alarms.enable_key_rotation
    error_message = "The topic needs a key of its own: CloudWatch may not use the one that AWS manages, and drops alarms in silence."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_kms_key.alarms.policy).Statement :
      try(statement.Principal.Service, "") == "cloudwatch.amazonaws.com"
      && toset(flatten([statement.Action])) == toset(["kms:Decrypt", "kms:GenerateDataKey*"])
    ])
    error_message = "CloudWatch must be allowed to use the topic's key, or it drops alarms in silence."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_sns_topic_policy.alarms.policy).Statement :
      try(statement.Principal.Service, "") == "cloudwatch.amazonaws.com" && statement.Action == "sns:Publish"
    ])
    error_message = "CloudWatch must be allowed to publish to the topic."
  }

  assert {
    condition     = length(aws_sns_topic_subscription.email) == 0
    error_message = "Nobody is to get mail who did not ask for it."
  }
}

run "alarms_are_mailed_to_whom_it_is_asked" {
  command = plan

  module {
    source = "./notifications"
  }

  variables {
    email = "ops@example.com"
  }

  assert {
    condition     = aws_sns_topic_subscription.email[0].endpoint == "ops@example.com"
    error_message = "The mailbox that was given must get the alarms."
  }
}
