# Production. `python -m infra init prod` connects to its state.

name             = "multi-region-api-prod"
hosted_zone_name = "example.com"
domain_name      = "api.example.com"

# `terraform -chdir=infra/bootstrap output functions_boundary_arn`: CI's role makes no others.
# permissions_boundary = "arn:aws:iam::123456789012:policy/multi-region-api/delivery/multi-region-api-functions-boundary"
