# Who in GitHub may take on which role: no keys are kept anywhere, GitHub's tokens say who is asking.
# https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services

locals {
  # Apart from the stacks' roles, which begin with var.name and which the apply role may change: none of
  # these roles does, by path or by name.
  path = "/${var.name}/delivery/"

  issuer            = "token.actions.githubusercontent.com"
  oidc_provider_arn = coalesce(var.oidc_provider_arn, one(aws_iam_openid_connect_provider.github[*].arn))

  # The `sub` of a token, to the letter. A job that names an environment carries that and no branch, so
  # the environment's own rules must say which branches may use it.
  subjects = {
    plan = [
      "repo:${var.github_repository}:pull_request",
      "repo:${var.github_repository}:ref:refs/heads/${var.github_branch}",
    ]
    apply = [for name in sort(var.environments) : "repo:${var.github_repository}:environment:${name}"]
  }

  trust = {
    for role, subjects in local.subjects : role => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRoleWithWebIdentity"
        Principal = { Federated = local.oidc_provider_arn }
        Condition = {
          StringEquals = {
            "${local.issuer}:aud" = "sts.amazonaws.com"
            "${local.issuer}:sub" = subjects
          }
        }
      }]
    })
  }
}

# Without thumbprints: AWS checks GitHub's certificate against its own list of authorities.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
resource "aws_iam_openid_connect_provider" "github" {
  provider = aws.primary
  count    = var.oidc_provider_arn == null ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "plan" {
  provider = aws.primary

  name                 = "delivery-${var.name}-plan"
  description          = "CI reads the stacks of ${var.name} and their states, and changes nothing but locks and kept plans."
  path                 = local.path
  assume_role_policy   = local.trust.plan
  max_session_duration = 3600
}

resource "aws_iam_role" "apply" {
  provider = aws.primary

  name                 = "delivery-${var.name}-apply"
  description          = "CI changes the stacks of ${var.name}, from the environments ${join(", ", sort(var.environments))} alone."
  path                 = local.path
  assume_role_policy   = local.trust.apply
  permissions_boundary = aws_iam_policy.apply_boundary.arn
  max_session_duration = 3600
}
