"""Mends in memory what ministack 1.5.33 lacks or gets wrong, so that infra/*.tf can ignore it.

One function a repair, one file a service. tests/emulator/test_repairs.py shows for each repair that
the emulator fails without it: when upstream mends one, that test goes red and the repair can go.
"""

from infra.rehearsal.emulator.repairs import (
    acm,
    api_gateway,
    autoscaling,
    cloudwatch,
    dynamodb,
    functions,
    kms,
    metrics,
    provisioned,
    retries,
    route53,
    waf,
)

REPAIRS = (
    api_gateway.put_rest_api,
    api_gateway.patch_lists_of_rest_api,
    api_gateway.generate_absent_api_keys,
    api_gateway.find_api_keys_in_their_region,
    api_gateway.map_the_empty_base_path,
    api_gateway.leave_out_empty_blocks,
    route53.publish_records_at_once,
    route53.refuse_record_sets_that_conflict,
    route53.read_health_checks_lists,
    cloudwatch.keep_alarms_whole,
    cloudwatch.keep_metrics_by_the_minute,
    acm.tell_that_certificates_are_logged,
    kms.make_keys_that_aws_manages,
    dynamodb.remember_keys_of_replicas,
    waf.log_what_the_firewall_does,
    functions.reserve_concurrency_of_aliases,
    functions.wait_less_for_logs,
    autoscaling.scale_provisioned_concurrency,
    provisioned.keep_the_old_version_until_the_new_one_is_ready,
    metrics.obey_the_weights_of_aliases,
    metrics.log_as_json,
    metrics.measure_each_version,
    metrics.count_what_metric_filters_match,
    retries.answer_retries_alike,
)


def apply_all() -> None:
    """Mend the modules of this process."""
    for repair in REPAIRS:
        repair()
