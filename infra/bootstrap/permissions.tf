# What each role may do: plan reads what apply manages, and both use the states.

locals {
  # Locks are files beside the states; kept plans are what an approval waits for. All of it in the
  # replica too, for the day on which the first region is lost.
  buckets    = [module.state.arn, module.replica.arn]
  lock_table = [for arn in aws_dynamodb_table.lock[*].arn : { Action = ["dynamodb:DeleteItem", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:PutItem"], Resource = [arn] }]
  state = concat(local.lock_table, [
    { Action = ["s3:ListBucket"], Resource = local.buckets },
    { Action = ["s3:GetObject"], Resource = [for arn in local.buckets : "${arn}/${local.states}"] },
    { Action = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], Resource = [for arn in local.buckets : "${arn}/${local.states}.tflock"] },
  ])
  plan_state = concat(local.state, [
    { Action = ["s3:PutObject"], Resource = [for arn in local.buckets : "${arn}/plans/*"] },
  ])
  apply_state = concat(local.state, [
    { Action = ["s3:GetObject"], Resource = [for arn in local.buckets : "${arn}/plans/*"] },
    { Action = ["s3:PutObject"], Resource = [for arn in local.buckets : "${arn}/${local.states}"] },
  ])
  # Not the bootstrap's own, with which CI has no business.
  states = "stacks/*.tfstate"

  # By name, none longer than IAM takes (6,144 characters).
  policies = {
    read-serving = local.read_serving
    read-keeping = local.read_keeping
    serving      = local.manage_serving
    keeping      = local.manage_keeping
    roles        = local.manage_roles
    plan-state   = local.plan_state
    apply-state  = local.apply_state
  }

  reading = ["read-serving", "read-keeping"]
  attached = merge(
    { for policy in concat(local.reading, ["plan-state"]) : "plan-${policy}" => { role = aws_iam_role.plan.name, policy = policy } },
    { for policy in concat(local.reading, ["serving", "keeping", "roles", "apply-state"]) : "apply-${policy}" => { role = aws_iam_role.apply.name, policy = policy } },
  )
}

resource "aws_iam_policy" "this" {
  provider = aws.primary
  for_each = local.policies

  name   = "${var.name}-${each.key}"
  path   = local.path
  policy = jsonencode({ Version = "2012-10-17", Statement = [for statement in each.value : merge({ Effect = "Allow" }, statement)] })
}

resource "aws_iam_role_policy_attachment" "this" {
  provider = aws.primary
  for_each = local.attached

  role       = each.value.role
  policy_arn = aws_iam_policy.this[each.value.policy].arn
}
