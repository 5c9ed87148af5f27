# Staging: the same in everything but its names, and that it can be taken down.
# `python -m infra init staging` connects to its state.

name             = "multi-region-api-staging"
hosted_zone_name = "example.com"
domain_name      = "api.staging.example.com"

deletion_protection = false

# `terraform -chdir=infra/bootstrap output functions_boundary_arn`: CI's role makes no others.
# permissions_boundary = "arn:aws:iam::123456789012:policy/multi-region-api/delivery/multi-region-api-functions-boundary"

# In the account that prod is in, prod sets the one role for API Gateway's logs:
# manage_api_gateway_log_role = false
