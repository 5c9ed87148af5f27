# What `python -m infra init` and the repository's settings need.

output "backend" {
  description = "Where the states live; `python -m infra init` writes infra/backend.hcl from it."
  value = {
    bucket         = module.state.name
    region         = var.primary_region
    dynamodb_table = one(aws_dynamodb_table.lock[*].name)
  }
}

output "replica" {
  description = "Where their copies are, should the region be lost: `STATE_BUCKET` and `STATE_REGION` of `python -m infra init`."
  value = {
    bucket = module.replica.name
    region = var.secondary_region
  }
}

output "plan_role_arn" {
  description = "Role with which CI plans: it reads."
  value       = aws_iam_role.plan.arn
}

output "apply_role_arn" {
  description = "Role with which CI applies, in the environments named."
  value       = aws_iam_role.apply.arn
}

output "functions_boundary_arn" {
  description = "What any role that a stack makes may do at most: the stack's permissions_boundary."
  value       = aws_iam_policy.functions_boundary.arn
}

output "subjects" {
  description = "For whom each role is: the `sub` of the tokens that GitHub gives the jobs."
  value       = local.subjects
}
