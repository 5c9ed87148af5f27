# Production. `python -m infra init prod` connects to its state.

name             = "multi-region-api-prod"
hosted_zone_name = "example.com"
domain_name      = "api.example.com"
