# What the root is told in these tests, unless a run says otherwise: the least that must be set, and no
# firewall, for which the provider takes seconds and of which no run here sees anything.

hosted_zone_name = "example.com"
domain_name      = "api.example.com"
waf              = { enabled = false }
