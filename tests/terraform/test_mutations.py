"""`terraform test` goes red for what would stop failover, or let the wrong function answer."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from tests.terraform.checkouts import Checkout, Mutation

MUTATIONS = [
    Mutation(
        "the failover records have no health check",
        "failover.tf",
        "health_check_id = local.health_check_ids[each.value.failover]",
        "",
        "failover/each_failover_record_carries_its_own_regions_health_check",
        "A failover record without its own region's health check",
    ),
    Mutation(
        "both records follow the primary's health check",
        "failover.tf",
        "local.health_check_ids[each.value.failover]",
        "aws_route53_health_check.primary.id",
        "failover/each_failover_record_carries_its_own_regions_health_check",
        "A failover record without its own region's health check",
    ),
    Mutation(
        "the probe is aimed at the d-... target",
        "failover.tf",
        "each.value.regional_domain_name",
        "each.value.target.name",
        "failover/health_checks_probe_a_read_on_each_regions_own_name",
        "A health check must probe its region's own name",
    ),
    Mutation(
        "the probe does not reach the table",
        "failover.tf",
        '"/read?limit=1"',
        '"/"',
        "failover/health_checks_probe_a_read_on_each_regions_own_name",
        "A health check must read one item over HTTPS",
    ),
    Mutation(
        "the TTL is not the one asked for",
        "failover.tf",
        "ttl     = var.dns_ttl",
        "ttl     = var.dns_ttl == null ? null : 300",
        "failover/records_are_short_lived_cnames_by_default",
        "The shared name needs a CNAME to each region's target",
    ),
    Mutation(
        "aliases ignore their target's health",
        "failover.tf",
        "evaluate_target_health = true",
        "evaluate_target_health = false",
        "failover/a_null_ttl_publishes_alias_records_that_follow_their_targets",
        "Route 53 takes no failover alias",
    ),
    Mutation(
        "one healthy child is enough",
        "switch.tf",
        "child_health_threshold = 2",
        "child_health_threshold = 1",
        "switch/the_primary_serves_while_it_answers_and_no_operator_has_withdrawn_it",
        "The primary must be out when its endpoint fails",
    ),
    Mutation(
        "the switch falls back when its data ends",
        "switch.tf",
        '"LastKnownStatus"',
        '"Healthy"',
        "switch/the_switch_is_in_the_standby_region_and_stays_as_it_was_thrown",
        "A switch that was thrown must stay so",
    ),
    Mutation(
        "the switch is in the region that may be lost",
        "switch.tf",
        "cloudwatch_alarm_region = var.secondary_region",
        "cloudwatch_alarm_region = var.primary_region",
        "switch/the_switch_is_in_the_standby_region_and_stays_as_it_was_thrown",
        "The switch must work while the primary region is lost",
    ),
    Mutation(
        "the alarm is of high resolution",
        "switch.tf",
        "= 60",
        "= 10",
        "switch/the_alarm_is_one_that_route_53_can_judge",
        "Route 53 follows basic statistics",
    ),
    Mutation(
        "one number is not enough to throw the switch",
        "switch.tf",
        "evaluation_periods  = 1",
        "evaluation_periods  = 3",
        "switch/the_alarm_is_one_that_route_53_can_judge",
        "One number must throw the switch",
    ),
    Mutation(
        "two stacks share a switch",
        "switch.tf",
        "{ Stack = var.name }",
        '{ Stack = "any" }',
        "switch/two_stacks_have_two_switches",
        "The switch of a stack must carry",
    ),
    Mutation(
        "every verb reaches the writer",
        "region/routes.tf",
        'contains(["get", "head"], verb)',
        "contains([], verb)",
        "routing/safe_verbs_reach_the_reader_and_all_others_the_writer",
        "GET /read must reach the reader",
    ),
    Mutation(
        "the default endpoint stays open",
        "region/chalice_override.tf",
        "disable_execute_api_endpoint = true",
        "disable_execute_api_endpoint = false",
        "routing/api_gateway_may_invoke_each_alias_for_its_own_verbs_alone",
        "The default endpoint lets callers walk round",
    ),
    Mutation(
        "a key is asked for although none is made",
        "region/routes.tf",
        'var.write_authorization == "NONE"',
        "false",
        "routing/without_authorization_nothing_needs_a_key_and_none_is_made",
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
        "point_in_time_recovery = true",
        "point_in_time_recovery = false",
        "shared/the_table_is_guarded_and_restorable_in_both_regions",
        "Both regions need point-in-time recovery",
    ),
]


@dataclass(frozen=True)
class Outcome:
    """What one run of `terraform test` found in a configuration with several mutations."""

    failed: dict[str, list[str]]
    output: str


def batches(mutations: Sequence[Mutation]) -> list[list[Mutation]]:
    """Share mutations out so that no two of a batch are for the same run.

    `terraform test` takes seconds to start, however little it is given to do.
    """
    made: list[list[Mutation]] = []
    for mutation in mutations:
        free = (batch for batch in made if mutation.run not in {m.run for m in batch})
        batch = next(free, None)
        if batch is None:
            made.append(batch := [])
        batch.append(mutation)
    return made


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
        outcome = Outcome(*checkout.mutated(batch, folder / str(number)).failed_assertions())
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
