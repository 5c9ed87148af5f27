# What a region is told in these tests, unless a file or a run says otherwise. They are of one packaged
# module, for a run sees the resources of its own module only: `terraform init` and `terraform test` in
# infra/build/primary.

name        = "stack"
region      = "us-east-1"
peer_region = "us-west-2"
standby     = false

domain_name             = "api.example.com"
hosted_zone_id          = "Z0"
validation_record_fqdns = []
table_arn               = "arn:aws:dynamodb:us-east-1:123456789012:table/stack-items"
table_name              = "stack-items"

write_authorization         = "API_KEY"
encryption                  = "AWS_OWNED"
manage_api_gateway_log_role = true

warm                    = false
provisioned_concurrency = { read = { min = 5, max = 50 }, write = { min = 2, max = 50 } }
snap_start              = false
reserved_concurrency    = { read = null, write = null }

monitoring = { email = null, dashboards = true, log_retention_days = 365 }
limits     = { requests_per_second = 1000, burst = 500, writes_per_second = 400, write_burst = 200, writes_per_day = 5000 }
waf = {
  enabled              = false # the provider takes seconds for a firewall
  rate_limit           = 10000
  rate                 = "BLOCK"
  ip_reputation        = "BLOCK"
  known_bad_inputs     = "BLOCK"
  common               = "BLOCK"
  common_rules_counted = ["SizeRestrictions_BODY", "SizeRestrictions_QUERYSTRING"]
}
