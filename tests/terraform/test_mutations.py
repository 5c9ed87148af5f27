"""`terraform test` goes red for what would stop failover, or let the wrong function answer."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from tests.terraform.checkouts import Checkout, Mutation

MUTATIONS = [
    Mutation(
        "the records have no health check",
        "routing.tf",
        "health_check_id = local.health_check_ids[each.value.policy][each.value.role]",
        "",
        "routing/each_group_of_records_has_one_policy_and_carries_each_regions_own_health_check",
        "The primary must follow its endpoint and its switch",
    ),
    Mutation(
        "all records follow the primary's health check",
        "routing.tf",
        "local.health_check_ids[each.value.policy][each.value.role]",
        'aws_route53_health_check.in_service["PRIMARY"].id',
        "routing/each_group_of_records_has_one_policy_and_carries_each_regions_own_health_check",
        "With latency routing each region must follow its own",
    ),
    Mutation(
        "a switch left thrown stops a failover",
        "routing.tf",
        'merge(local.in_service, { SECONDARY = aws_route53_health_check.region["SECONDARY"].id })',
        "local.in_service",
        "routing/each_group_of_records_has_one_policy_and_carries_each_regions_own_health_check",
        "The primary must follow its endpoint and its switch; the standby its endpoint alone",
    ),
    Mutation(
        "all policies share a name",
        "routing.tf",
        'policy => "_${policy}${var.dns_ttl',
        'policy => "_any${var.dns_ttl',
        "routing/each_group_of_records_has_one_policy_and_carries_each_regions_own_health_check",
        "Route 53 refuses a name with two policies",
    ),
    Mutation(
        "the shared name does not follow the mode",
        "routing.tf",
        'aws_route53_record.routed["${var.routing}-PRIMARY-${local.record_types[0]}"].name',
        'aws_route53_record.routed["failover-PRIMARY-${local.record_types[0]}"].name',
        "routing/latency_routing_is_a_change_of_the_shared_name_alone",
        "With latency routing the shared name must lead",
    ),
    Mutation(
        "the regions have each other's weights",
        "routing.tf",
        "[var.weights[lower(each.value.role)]]",
        'each.value.role == "PRIMARY" ? [var.weights.secondary] : [var.weights.primary]',
        "routing/weights_move_clients_and_a_region_without_any_stands_by",
        "Each region must have the weight",
    ),
    Mutation(
        "a drained primary is not told to stand by",
        "api.tf",
        'standby                 = !local.serving["PRIMARY"]',
        "standby                 = false",
        "routing/weights_move_clients_and_a_region_without_any_stands_by",
        "A primary that was drained is the standby",
    ),
    Mutation(
        "the probe is aimed at the d-... target",
        "routing.tf",
        "each.value.regional_domain_name",
        "each.value.target.name",
        "routing/health_checks_probe_a_read_on_each_regions_own_name",
        "A health check must probe its region's own name",
    ),
    Mutation(
        "the probe does not reach the table",
        "routing.tf",
        '"/read?limit=1"',
        '"/"',
        "routing/health_checks_probe_a_read_on_each_regions_own_name",
        "A health check must read one item over HTTPS",
    ),
    Mutation(
        "the TTL is not the one asked for",
        "routing.tf",
        "ttl     = var.dns_ttl",
        "ttl     = var.dns_ttl == null ? null : 300",
        "routing/records_are_short_lived_cnames_by_default",
        "Each policy needs a CNAME to each region's target",
    ),
    Mutation(
        "aliases ignore their target's health",
        "routing.tf",
        "alias.value.hosted_zone_id\n      evaluate_target_health = true",
        "alias.value.hosted_zone_id\n      evaluate_target_health = false",
        "routing/a_null_ttl_publishes_alias_records_that_follow_their_targets",
        "Route 53 takes no failover alias",
    ),
    Mutation(
        "one healthy child is enough",
        "switch.tf",
        "child_health_threshold = 2",
        "child_health_threshold = 1",
        "switch/a_region_serves_while_it_answers_and_no_operator_has_withdrawn_it",
        "A region must be out when its endpoint fails",
    ),
    Mutation(
        "the switch falls back when its data ends",
        "switch/main.tf",
        '"LastKnownStatus"',
        '"Healthy"',
        "override/the_switch_stays_as_it_was_thrown",
        "A switch that was thrown must stay so",
    ),
    Mutation(
        "the switch is in the region that may be lost",
        "switch.tf",
        "  withdraws = var.primary_region\n  region    = var.secondary_region",
        "  withdraws = var.primary_region\n  region    = var.primary_region",
        "switch/each_switch_is_in_the_other_region",
        "A switch must work while the region that it withdraws is lost",
    ),
    Mutation(
        "the alarm is of high resolution",
        "switch/main.tf",
        "= 60",
        "= 10",
        "override/the_alarm_is_one_that_route_53_can_judge",
        "Route 53 follows basic statistics",
    ),
    Mutation(
        "one number is not enough to throw the switch",
        "switch/main.tf",
        "evaluation_periods  = 1",
        "evaluation_periods  = 3",
        "override/the_alarm_is_one_that_route_53_can_judge",
        "One number must throw the switch",
    ),
    Mutation(
        "two stacks share a switch",
        "switch/main.tf",
        "{ Stack = var.name }",
        '{ Stack = "any" }',
        "switch/two_stacks_have_switches_of_their_own",
        "The switches of a stack must carry",
    ),
    Mutation(
        "every verb reaches the writer",
        "region/routes.tf",
        'contains(["get", "head"], verb)',
        "contains([], verb)",
        "routes/safe_verbs_reach_the_reader_and_all_others_the_writer",
        "GET /read must reach the reader",
    ),
    Mutation(
        "the default endpoint stays open",
        "region/chalice_override.tf",
        "disable_execute_api_endpoint = true",
        "disable_execute_api_endpoint = false",
        "routes/api_gateway_may_invoke_each_alias_for_its_own_verbs_alone",
        "The default endpoint lets callers walk round",
    ),
    Mutation(
        "no right to call a function is for its alias",
        "region/chalice_override.tf",
        "  qualifier     = each.value.name\n",
        "",
        "routes/api_gateway_may_invoke_each_alias_for_its_own_verbs_alone",
        "API Gateway needs the right to invoke the live alias",
    ),
    Mutation(
        "verbs that a route may have get no right",
        "region/chalice_override.tf",
        "for_each = local.function_by_verb",
        'for_each = { for verb, alias in local.function_by_verb : verb => alias if verb == "get" }',
        "routes/api_gateway_may_invoke_each_alias_for_its_own_verbs_alone",
        "Each verb that a function serves needs a right",
    ),
    Mutation(
        "the right to call a function is for every verb",
        "region/chalice_override.tf",
        "/${upper(each.key)}/*",
        "/*",
        "routes/api_gateway_may_invoke_each_alias_for_its_own_verbs_alone",
        "Each verb that a function serves needs a right",
    ),
    Mutation(
        "a key is asked for although none is made",
        "region/routes.tf",
        'var.write_authorization == "NONE"',
        "false",
        "routes/without_authorization_nothing_needs_a_key_and_none_is_made",
        "POST /write needs a key that nobody can have",
    ),
    Mutation(
        "each region makes a key of its own",
        "api.tf",
        "api_key_value = module.primary.api_key_value",
        "",
        "shared/both_regions_take_one_key",
        "A client must keep its key",
    ),
    Mutation(
        "the replica can't be restored to a point in time",
        "table.tf",
        "point_in_time_recovery      = true",
        "point_in_time_recovery      = false",
        "shared/the_table_is_guarded_and_restorable_in_both_regions",
        "Both regions need point-in-time recovery",
    ),
    Mutation(
        "the replica can be deleted",
        "table.tf",
        "  deletion_protection_enabled = var.deletion_protection\n}\n",
        "}\n",
        "shared/the_table_is_guarded_and_restorable_in_both_regions",
        "The table must be protected from deletion in both regions",
    ),
    Mutation(
        "an apply moves the reader's clients",
        "region/functions.tf",
        "api_handler.version\n\n"
        "  lifecycle {\n    ignore_changes = [description, function_version, routing_config]",
        "api_handler.version\n\n  lifecycle {\n    ignore_changes = [description]",
        "releases/a_later_apply_moves_nobody_and_says_so",
        "An apply must leave each alias",
    ),
    Mutation(
        "the 5xx of all versions are one count",
        "region/releases.tf",
        ', Version = "$.version" }',
        " }",
        "releases/the_5xx_of_each_version_are_counted",
        "A count that does not tell versions apart",
    ),
    Mutation(
        "the firewall guards no stage of ours",
        "region/waf.tf",
        "resource_arn = aws_api_gateway_stage.live.arn",
        "resource_arn = aws_wafv2_web_acl.api[0].arn",
        "firewall/a_firewall_stands_before_the_stage_and_logs_what_it_refuses_without_the_key",
        "A firewall that no stage is behind",
    ),
    Mutation(
        "bodies over 8 KB are blocked",
        "region/waf.tf",
        "counted  = var.waf.common_rules_counted",
        "counted  = []",
        "firewall/a_firewall_stands_before_the_stage_and_logs_what_it_refuses_without_the_key",
        "The common rules block bodies over 8 KB",
    ),
    Mutation(
        "the API key is in the firewall's log",
        "region/waf.tf",
        'name = "x-api-key"',
        'name = "x-other"',
        "firewall/a_firewall_stands_before_the_stage_and_logs_what_it_refuses_without_the_key",
        "The API key must not be in the firewall's log",
    ),
    Mutation(
        "a sample of the firewall's shows the key",
        "region/waf.tf",
        "= var.name\n    sampled_requests_enabled   = false",
        "= var.name\n    sampled_requests_enabled   = true",
        "firewall/a_firewall_stands_before_the_stage_and_logs_what_it_refuses_without_the_key",
        "A sample shows a whole request",
    ),
    Mutation(
        "the firewall's log is not under the customer's key",
        "region/waf.tf",
        "  kms_key_id        = local.data_key_arn\n",
        "",
        "firewall/a_firewall_stands_before_the_stage_and_logs_what_it_refuses_without_the_key",
        "The firewall's log must be under the customer's key",
    ),
    Mutation(
        "a group blocks that is to count",
        "region/waf.tf",
        'for_each = rule.value.action == "COUNT" ? [1] : []',
        "for_each = []",
        "firewall/each_group_can_be_set_to_count",
        "Each rule must count",
    ),
    Mutation(
        "the stage has no limits",
        "region/stage.tf",
        "throttling_rate_limit  = var.limits.requests_per_second",
        "",
        "protection/callers_are_throttled_by_stage_and_by_key",
        "Every route must have the stage's limits",
    ),
    Mutation(
        "the customer's key is not for the logs",
        "region/encryption.tf",
        'Principal = { Service = "logs.${var.region}.${data.aws_partition.this.dns_suffix}" }',
        'Principal = { Service = "logs.amazonaws.com" }',
        "protection/a_customers_key_is_for_this_regions_items_and_logs",
        "CloudWatch Logs refuses a key",
    ),
    Mutation(
        "the customer's key is for no log of the reader",
        "region/encryption.tf",
        '"/aws/lambda/${var.name}-read", ',
        "",
        "protection/a_customers_key_is_for_this_regions_items_and_logs",
        "CloudWatch Logs may use the key for this stack's logs alone",
    ),
    Mutation(
        "the customer's key is not for the firewall's log",
        "region/encryption.tf",
        ', "aws-waf-logs-${var.name}"',
        "",
        "firewall/a_firewall_stands_before_the_stage_and_logs_what_it_refuses_without_the_key",
        "CloudWatch Logs may not use the key for the firewall's log",
    ),
    Mutation(
        "a function may write every log",
        "build/primary/chalice.tf.json",
        "${local.read_log_group_arn}:*",
        "*",
        "protection/each_function_may_do_its_own_work_alone",
        "A right on every resource is for X-Ray alone",
    ),
    Mutation(
        "the reader may write",
        "build/primary/chalice.tf.json",
        "dynamodb:GetItem",
        "dynamodb:DeleteItem",
        "protection/each_function_may_do_its_own_work_alone",
        "The reader may read",
    ),
    Mutation(
        "the access log holds what was asked for",
        "region/access_logs.tf",
        '"$context.resourcePath"',
        '"$context.path"',
        "observability/the_access_log_says_how_it_went_and_holds_no_data",
        "Whoever looks into an incident",
    ),
    Mutation(
        "execution logs hold bodies",
        "region/stage.tf",
        "data_trace_enabled     = false",
        "data_trace_enabled     = true",
        "observability/execution_logs_hold_errors_and_no_data",
        "Execution logs need level ERROR",
    ),
    Mutation(
        "requests are not traced",
        "region/stage.tf",
        "xray_tracing_enabled = true",
        "xray_tracing_enabled = false",
        "observability/requests_are_traced_from_the_stage_through_the_functions",
        "The stage must begin the trace",
    ),
    Mutation(
        "every stack takes the account's role",
        "region/account.tf",
        '"aws_iam_role" "gateway_logs" {\n  count = var.manage_api_gateway_log_role ? 1 : 0',
        '"aws_iam_role" "gateway_logs" {\n  count = 1',
        "observability/other_stacks_of_an_account_leave_api_gateways_role_alone",
        "Two stacks that set the account's role",
    ),
    Mutation(
        "API Gateway is asked for its source account",
        "region/account.tf",
        '        Action    = "sts:AssumeRole"\n',
        '        Action    = "sts:AssumeRole"\n        Condition = {}\n',
        "observability/one_stack_of_an_account_sets_api_gateways_role",
        "API Gateway can't be relied on",
    ),
    Mutation(
        "no region has a dashboard",
        "region/dashboard.tf",
        "var.monitoring.dashboards ? 1 : 0",
        "0",
        "observability/every_symptom_has_an_alarm_that_tells_somebody",
        "Whom an alarm woke needs a dashboard",
    ),
    Mutation(
        "an alarm does not say what to do",
        "region/alarms.tf",
        "NEXT: did a release just go out? Roll it back. Else open dashboard",
        "Else open dashboard",
        "observability/every_symptom_has_an_alarm_that_tells_somebody",
        "An alarm's description must say where",
    ),
    Mutation(
        "silence ends the alarm on replication",
        "region/alarms.tf",
        'treat_missing_data = "ignore"\n        description',
        'treat_missing_data = "notBreaching"\n        description',
        "observability/alarms_watch_what_they_say",
        "Replication is measured where a write is made",
    ),
    Mutation(
        "silence keeps the alarms on the table",
        "region/alarms.tf",
        '"FILL(${id},0)"',
        '"${id}"',
        "observability/alarms_watch_what_they_say",
        "DynamoDB sends a number only while something is wrong",
    ),
    Mutation(
        "CloudWatch may not use the topic's key",
        "notifications/main.tf",
        'Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]',
        'Action    = ["kms:Decrypt"]',
        "notifications/cloudwatch_may_use_the_topic_and_its_key",
        "CloudWatch must be allowed to use the topic's key",
    ),
    Mutation(
        "the failover alarm does not see an operator's switch",
        "alarms.tf",
        "local.health_check_ids[var.routing][each.key]",
        "aws_route53_health_check.region[each.key].id",
        "alarms/a_failover_and_each_regions_health_have_alarms",
        "A failover is when DNS leaves the primary",
    ),
    Mutation(
        "no dashboard shows both regions",
        "dashboard.tf",
        "var.monitoring.dashboards ? 1 : 0",
        "0",
        "alarms/a_failover_and_each_regions_health_have_alarms",
        "One dashboard must show both regions",
    ),
    Mutation(
        "Route 53's alarms go to another region's topic",
        "alarms.tf",
        "local.global_region) ? 0 : 1",
        "local.global_region) ? 0 : 0",
        "alarms/elsewhere_route_53s_alarms_have_a_topic_where_its_metrics_are",
        "An alarm can't reach a topic of another region",
    ),
    Mutation(
        "a region that is cold again goes on paying for what it had ready",
        "region/capacity.tf",
        "kind => var.warm ? range : { min = 0, max = 0 }",
        "kind => range",
        "capacity/a_cold_region_keeps_nothing",
        "A region that is cold again must give back",
    ),
    Mutation(
        "what a failover had given stays when nobody calls any more",
        "region/capacity.tf",
        '"FILL(reported, 0)"',
        '"reported"',
        "capacity/a_warm_region_keeps_its_least_ready_and_scales_to_its_most",
        "An alias that nobody calls reports nothing",
    ),
    Mutation(
        "versions have SnapStart that nobody asked for",
        "region/functions.tf",
        'var.snap_start ? ["PublishedVersions"] : []',
        '["PublishedVersions"]',
        "capacity/a_cold_region_keeps_nothing",
        "Snapshots are paid for by the month",
    ),
    Mutation(
        "the writer has no SnapStart where it is asked for",
        "region/chalice_override.tf",
        """    for_each = local.snap_start
    content {
      apply_on = snap_start.value
    }
  }

  reserved_concurrent_executions = var.reserved_concurrency.write
""",
        """    for_each = []
    content {
      apply_on = snap_start.value
    }
  }

  reserved_concurrent_executions = var.reserved_concurrency.write
""",
        "capacity/functions_start_from_snapshots_where_that_is_asked_for",
        "Both functions must start from a snapshot",
    ),
    Mutation(
        "reads take what is reserved for writes",
        "region/chalice_override.tf",
        "var.reserved_concurrency.write",
        "one([var.reserved_concurrency.read])",
        "capacity/each_function_has_a_reservation_of_its_own",
        "Reads must not be able to take",
    ),
    Mutation(
        "the primary has something ready for nobody",
        "routing.tf",
        'PRIMARY   = var.standby == "warm" && var.routing != "failover"',
        'PRIMARY   = var.standby == "warm"',
        "standby/a_warm_standby_is_the_one_that_stands_by",
        "The standby must have its least ready",
    ),
    Mutation(
        "Route 53's alarms have a second topic where a region has one",
        "alarms.tf",
        "local.global_region) ? 0 : 1",
        "local.global_region) ? 1 : 1",
        "alarms/a_region_that_has_route_53s_metrics_needs_no_topic_beside_its_own",
        'Invalid value for "list" parameter: must be a list, set, or tuple value with either zero',
        alone=True,
    ),
    Mutation(
        "the dashboard across the regions is always made",
        "dashboard.tf",
        "count    = var.monitoring.dashboards ? 1 : 0",
        "count    = 1",
        "alarms/dashboards_can_be_left_out",
        "A dashboard is made that was not asked for",
    ),
    Mutation(
        "each region's dashboard is always made",
        "region/dashboard.tf",
        "count = var.monitoring.dashboards ? 1 : 0",
        "count = 1",
        "observability/dashboards_can_be_left_out",
        "A dashboard is made that was not asked for",
    ),
    Mutation(
        "a firewall that is left out leaves its log",
        "region/waf.tf",
        '"aws_cloudwatch_log_group" "waf" {\n  count = length(aws_wafv2_web_acl.api)',
        '"aws_cloudwatch_log_group" "waf" {\n  count = 1',
        "firewall/the_firewall_can_be_left_out",
        "Parts of a firewall are made",
    ),
    Mutation(
        "alarms are mailed to somebody else",
        "notifications/main.tf",
        "endpoint  = var.email",
        'endpoint  = "all@example.com"',
        "notifications/alarms_are_mailed_to_whom_it_is_asked",
        "The mailbox that was given must get the alarms",
    ),
    Mutation(
        "execution logs are kept for ever",
        "region/access_logs.tf",
        '/${local.stage_name}"\n  retention_in_days = var.monitoring.log_retention_days',
        '/${local.stage_name}"',
        "observability/every_log_ends",
        "A log without retention",
    ),
    Mutation(
        "no stack sets the account's role",
        "region/account.tf",
        '"aws_api_gateway_account" "this" {\n  count = var.manage_api_gateway_log_role ? 1 : 0',
        '"aws_api_gateway_account" "this" {\n  count = 0',
        "observability/one_stack_of_an_account_sets_api_gateways_role",
        "Without a role for API Gateway the stage can't log",
    ),
    Mutation(
        "the standby tells of reads, which health checks make too",
        "region/alarms.tf",
        "var.standby ? [local.functions.write]",
        "var.standby ? [local.functions.read]",
        "observability/the_standby_tells_that_it_serves",
        "Route 53's alarms may be lost with us-east-1",
    ),
    Mutation(
        "a customer's key is always made",
        "region/encryption.tf",
        'count = var.encryption == "CUSTOMER" ? 1 : 0',
        "count = 1",
        "protection/by_default_aws_owns_the_keys",
        "A customer's key costs",
    ),
    Mutation(
        "the table is always under a key of KMS",
        "table.tf",
        'enabled     = var.encryption == "CUSTOMER"',
        "enabled     = true",
        "shared/by_default_aws_owns_the_keys_of_the_table_and_the_replica",
        "A customer's key costs",
    ),
    Mutation(
        "the table has a key of its own and its replica has none",
        "table.tf",
        "  kms_key_arn                 = module.secondary.data_key_arn\n",
        "",
        "shared/a_customers_key_is_the_tables_and_the_replicas_each_in_its_region",
        "Each copy of the table must be under the key of its own region",
    ),
    Mutation(
        "the writer may do anything with the table",
        "build/primary/chalice.tf.json",
        "dynamodb:PutItem",
        "dynamodb:*",
        "protection/each_function_may_do_its_own_work_alone",
        "The writer may write",
    ),
    Mutation(
        "the region's own name answers over TLS 1.0",
        "region/domain.tf",
        "  domain_name              = local.regional_domain_name\n"
        "  regional_certificate_arn = aws_acm_certificate_validation.api.certificate_arn\n"
        '  security_policy          = "TLS_1_2"',
        "  domain_name              = local.regional_domain_name\n"
        "  regional_certificate_arn = aws_acm_certificate_validation.api.certificate_arn\n"
        '  security_policy          = "TLS_1_0"',
        "protection/names_answer_over_tls_1_2_at_least",
        "A domain name must refuse what is older",
    ),
    Mutation(
        "the key is in no usage plan",
        "region/stage.tf",
        '"aws_api_gateway_usage_plan_key" "clients" {\n  count = local.api_keys',
        '"aws_api_gateway_usage_plan_key" "clients" {\n  count = 0',
        "routes/writes_need_a_key_and_reads_do_not",
        "A key opens no route",
    ),
    Mutation(
        "the standby's own name is not proven",
        "dns.tf",
        "merge(module.secondary.certificate_validation, module.primary.certificate_validation)",
        "module.primary.certificate_validation",
        "shared/the_shared_names_proof_has_one_owner",
        "ACM gives an account one proof",
    ),
    Mutation(
        "ARNs are of the one partition",
        "region/account.tf",
        "arn:${data.aws_partition.this.partition}:iam::aws:policy/",
        "arn:aws:iam::aws:policy/",
        "protection/what_a_region_names_is_of_its_own_partition",
        "A name of another partition is nobody's",
    ),
    Mutation(
        "Route 53's metrics are looked for where they never are",
        "providers.tf",
        'aws-us-gov = "us-gov-west-1"',
        'aws-us-gov = "us-east-1"',
        "partitions/two_regions_of_govcloud_are_as_good_as_any",
        "Route 53's alarms of GovCloud",
    ),
    Mutation(
        "a record names a region of the default pair",
        "routing.tf",
        "set_identifier  = local.regions[each.value.role].region",
        'set_identifier  = { PRIMARY = "us-east-1", SECONDARY = "us-west-2" }[each.value.role]',
        "partitions/two_regions_of_europe_are_as_good_as_any",
        "Each region's record must carry its own name",
    ),
    Mutation(
        "any word is a kind of encryption",
        "variables.tf",
        'contains(["AWS_OWNED", "CUSTOMER"], var.encryption)',
        'var.encryption != ""',
        "variables/values_of_the_wrong_form_are_refused",
        "The checkable object, var.encryption, was expected to report an error",
    ),
    Mutation(
        "a rate that AWS refuses is taken",
        "variables.tf",
        "var.waf.rate_limit >= 100",
        "var.waf.rate_limit >= 99",
        "variables/values_just_below_what_aws_takes_are_refused",
        "The checkable object, var.waf, was expected to report an error",
    ),
    Mutation(
        "a TTL over an hour is taken",
        "variables.tf",
        "var.dns_ttl <= 3600",
        "var.dns_ttl <= 3601",
        "variables/values_just_above_what_aws_takes_are_refused",
        "The checkable object, var.dns_ttl, was expected to report an error",
    ),
    Mutation(
        "a name outside the zone is taken",
        "variables.tf",
        'endswith(var.domain_name, ".${var.hosted_zone_name}")',
        'endswith(var.domain_name, "")',
        "variables/names_outside_the_zone_are_refused",
        "The checkable object, var.domain_name, was expected to report an error",
    ),
    Mutation(
        "a CNAME is taken beside the zone's SOA",
        "variables.tf",
        "|| var.dns_ttl == null",
        "|| var.dns_ttl != 0",
        "variables/the_zones_own_name_is_refused_while_records_are_cnames",
        "The checkable object, var.domain_name, was expected to report an error",
    ),
    Mutation(
        "the zone's own name is always refused",
        "variables.tf",
        "var.domain_name != var.hosted_zone_name || var.dns_ttl == null",
        "var.domain_name != var.hosted_zone_name",
        "variables/the_zones_own_name_is_taken_with_alias_records",
        'domain_name is "example.com", the zone\'s own name',
    ),
    Mutation(
        "a table is to span two partitions",
        "variables.tf",
        """startswith(var.primary_region, "cn-") == startswith(var.secondary_region, "cn-")
      && startswith(var.primary_region, "us-gov-") == startswith(var.secondary_region, "us-gov-")
""",
        "var.primary_region != var.secondary_region\n",
        "variables/regions_of_two_partitions_are_refused",
        "The checkable object, var.secondary_region, was expected to report an error",
    ),
    Mutation(
        "a threshold that AWS takes is refused",
        "variables.tf",
        "contains(range(1, 11), var.health_check.threshold)",
        "contains(range(1, 10), var.health_check.threshold)",
        "variables/values_at_the_edges_are_taken",
        "health_check.threshold is 10",
    ),
    Mutation(
        "reads are reserved for without being asked",
        "region/chalice_override.tf",
        "reserved_concurrent_executions = var.reserved_concurrency.read",
        "reserved_concurrent_executions = coalesce(var.reserved_concurrency.read, 100)",
        "capacity/nothing_is_reserved_unless_asked_for",
        "An account whose quota is 10",
    ),
    Mutation(
        "the writer is published in no version",
        "region/chalice_override.tf",
        """  runtime       = "python3.13"
  architectures = ["arm64"]
  memory_size   = 512
  timeout       = 10
  publish       = true
""",
        """  runtime       = "python3.13"
  architectures = ["arm64"]
  memory_size   = 512
  timeout       = 10
  publish       = false
""",
        "releases/the_first_apply_serves_what_it_publishes",
        "A release moves clients from one published version to another",
    ),
    Mutation(
        "the shared name leads to the nearest region whatever is asked for",
        "routing.tf",
        '"${var.routing}-PRIMARY-${local.record_types[0]}"',
        '"latency-PRIMARY-${local.record_types[0]}"',
        "routing/the_shared_name_is_an_alias_of_the_group_that_fails_over",
        "By default the shared name must lead",
    ),
    Mutation(
        "the standby is always warm",
        "routing.tf",
        'SECONDARY = var.standby == "warm"',
        "SECONDARY = true",
        "standby/a_standby_is_cold_unless_asked_for",
        "What is ready is paid for all month",
    ),
    Mutation(
        "the primary is never ready for the other's clients",
        "routing.tf",
        'PRIMARY   = var.standby == "warm" && var.routing != "failover"',
        "PRIMARY   = false",
        "standby/where_both_regions_serve_each_is_ready_for_the_others_clients",
        "Each region must have ready",
    ),
]


@dataclass(frozen=True)
class Outcome:
    """What one run of `terraform test` found in a configuration with several mutations."""

    failed: dict[str, list[str]]
    output: str


def batches(mutations: Sequence[Mutation]) -> list[list[Mutation]]:
    """Share mutations out so that none stands in the place of another, in a few batches.

    What a run of `terraform test` takes is to check and plan, and once shows all that is wrong.
    """
    made: list[list[Mutation]] = []
    for mutation in mutations:
        batch = next((batch for batch in made if not any(_meet(mutation, m) for m in batch)), None)
        if batch is None:
            made.append(batch := [])
        batch.append(mutation)
    return made


def _meet(one: Mutation, other: Mutation) -> bool:
    """Tell whether one would undo the other, or be taken for it."""
    apart = one.of_the_firewall != other.of_the_firewall  # who needs none goes without, for speed
    same_text = one.path == other.path and (one.old in other.old or other.old in one.old)
    same_words = one.run == other.run and one.says == other.says
    return one.alone or other.alone or apart or same_text or same_words


@pytest.fixture(scope="module")
def outcomes(
    checkout: Checkout, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Outcome]:
    """What fails, by the name of each mutation that was asked for."""
    asked = {item.name for item in request.session.items}
    wanted = [m for m in MUTATIONS if f"test_a_change_for_the_worse_is_noticed[{m.name}]" in asked]
    folder = tmp_path_factory.mktemp("mutations")
    found: dict[str, Outcome] = {}
    for number, batch in enumerate(batches(wanted)):
        outcome = Outcome(*checkout.mutated(batch, folder / str(number)).failures())
        found |= {mutation.name: outcome for mutation in batch}
    return found


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_change_for_the_worse_is_noticed(
    mutation: Mutation, outcomes: dict[str, Outcome]
) -> None:
    outcome = outcomes[mutation.name]
    said = outcome.failed.get(mutation.run, [])
    assert any(message.startswith(mutation.says) for message in said), (
        f"{mutation.run} passes although {mutation.name}:\n{outcome.output}"
    )


def test_every_run_notices_some_change_for_the_worse(checkout: Checkout) -> None:
    assert checkout.runs() == {mutation.run for mutation in MUTATIONS}
