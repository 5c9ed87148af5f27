# Staging: the same in everything but its names, and that it can be taken down.
# `python -m infra init staging` connects to its state.

name             = "multi-region-api-staging"
hosted_zone_name = "example.com"
domain_name      = "api.staging.example.com"

deletion_protection = false
