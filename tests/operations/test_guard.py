"""What is found in a plan that would lose what can't be recovered, of small plans."""

from typing import Any

import pytest

from infra.errors import InfraError
from infra.operations.guard import (
    Loss,
    changes,
    losses,
    require_allowed,
    require_unprotected,
    warnings,
)

EAST_KEY = "arn:aws:kms:us-east-1:1:key/table"
WEST_KEY = "arn:aws:kms:us-west-2:1:key/replica"
TABLE: dict[str, Any] = {
    "name": "items",
    "deletion_protection_enabled": True,
    "point_in_time_recovery": [{"enabled": True}],
    "server_side_encryption": [{"enabled": True, "kms_key_arn": EAST_KEY}],
    "replica": [{"region_name": "us-west-2", "kms_key_arn": WEST_KEY}],
}
RECORD: dict[str, Any] = {
    "zone_id": "Z1",
    "name": "_failover.example.com",
    "type": "CNAME",
    "set_identifier": "us-east-1",
    "health_check_id": "check",
}
ALIAS: dict[str, Any] = {
    "zone_id": "Z1",
    "name": "api.example.com",
    "type": "CNAME",
    "alias": [{"zone_id": "Z1", "name": "_failover.example.com"}],
}
DESTROY, REPLACE, REPLACE_AFTER = ["delete"], ["delete", "create"], ["create", "delete"]


def change(
    address: str,
    actions: list[str],
    before: dict[str, Any] | None,
    after: dict[str, Any] | None = None,
    unknown: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return a resource's change, as `terraform show -json` has it."""
    return {
        "address": address,
        "mode": "managed",
        "type": address.rpartition("module.primary.")[2].partition(".")[0],
        "change": {
            "actions": actions,
            "before": before,
            "after": after,
            "after_unknown": unknown or {},
        },
    }


def plan(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"format_version": "1.2", "resource_changes": list(resources)}


def update(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 -- any field of a table
    return change("aws_dynamodb_table.items", ["update"], TABLE, TABLE | fields)


UNCHANGED_TABLE = change("aws_dynamodb_table.items", ["no-op"], TABLE, TABLE)


@pytest.mark.parametrize("actions", [DESTROY, REPLACE, REPLACE_AFTER])
@pytest.mark.parametrize(
    ("address", "before"),
    [
        ("aws_dynamodb_table.items", TABLE),
        ("aws_dynamodb_table_replica.items", {"kms_key_arn": WEST_KEY}),
        ("aws_route53_zone.this", {"name": "example.com"}),
        ("aws_route53_record.of_a_host", RECORD | {"name": "www.example.com"}),
        ("aws_route53_record.shared", ALIAS),
        ("aws_kms_key.table", {"arn": EAST_KEY}),
        ("module.primary.aws_kms_key.table[0]", {"arn": WEST_KEY}),
        ("aws_kms_replica_key.table", {"arn": WEST_KEY}),
    ],
)
def test_what_cant_be_had_back_is_found_when_it_goes(
    address: str, before: dict[str, Any], actions: list[str]
) -> None:
    found = losses(plan(UNCHANGED_TABLE, change(address, actions, before)))
    assert [loss.name for loss in found] == [address]
    assert ("replaced" in found[0].what) == (actions != DESTROY)


@pytest.mark.parametrize(
    ("address", "before"),
    [
        ("aws_kms_key.alarms", {"arn": "arn:aws:kms:us-east-1:1:key/another"}),
        ("aws_lambda_function.read", {"function_name": "read"}),
        ("aws_route53_record.certificate_validation", {"name": "_proof", "type": "CNAME"}),
        ("aws_route53_health_check.in_service", {"type": "CALCULATED"}),
    ],
)
def test_what_terraform_makes_anew_is_let_go(address: str, before: dict[str, Any]) -> None:
    assert losses(plan(UNCHANGED_TABLE, change(address, REPLACE, before))) == []


@pytest.mark.parametrize("actions", [["no-op"], ["read"], ["create"], ["forget"]])
def test_what_stays_is_no_loss(actions: list[str]) -> None:
    before = None if actions == ["create"] else TABLE
    assert losses(plan(change("aws_dynamodb_table.items", actions, before, TABLE))) == []


@pytest.mark.parametrize(
    "replicas",
    [
        [],
        [{"region_name": "eu-west-1", "kms_key_arn": WEST_KEY}],
        [{"region_name": "us-west-2", "kms_key_arn": None}],
        [{"region_name": "us-west-2", "kms_key_arn": "arn:aws:kms:us-west-2:1:key/new"}],
        # What is known only after the apply is not there.
        [{"region_name": "us-west-2"}],
    ],
)
def test_a_replica_that_goes_in_place_or_moves_to_another_key_is_a_loss(
    replicas: list[dict[str, Any]],
) -> None:
    [loss] = losses(plan(update(replica=replicas)))
    assert loss.name == 'aws_dynamodb_table.items.replica["us-west-2"]'
    assert "items in us-west-2 would be deleted" in loss.what


@pytest.mark.parametrize(
    "fields",
    [
        {"replica": [*TABLE["replica"], {"region_name": "us-east-2"}]},
        {"replica": [TABLE["replica"][0] | {"point_in_time_recovery": True}]},
        {"tags": {"Stack": "one"}},
    ],
)
def test_a_replica_that_stays_is_no_loss(fields: dict[str, Any]) -> None:
    assert losses(plan(update(**fields))) == []


def test_a_record_that_lets_go_of_its_health_check_is_a_loss() -> None:
    address = 'aws_route53_record.routed["failover-PRIMARY-CNAME"]'
    bare = RECORD | {"health_check_id": ""}
    [loss] = losses(plan(change(address, ["update"], RECORD, bare)))
    assert loss.name == f"{address}.health_check_id"
    unknown = change(address, ["update"], RECORD, {}, {"health_check_id": True})
    assert losses(plan(unknown)) == []


def leading(name: str, kind: str = "CNAME") -> dict[str, Any]:
    return ALIAS | {"type": kind, "alias": [{"zone_id": "Z1", "name": name}]}


SHARED, GROUP = "aws_route53_record.shared", 'aws_route53_record.routed["failover-PRIMARY-CNAME"]'
GOES = change(GROUP, DESTROY, RECORD)
MOVES = change(SHARED, ["update"], ALIAS, leading("_latency.example.com"))
STAYS = change(SHARED, ["no-op"], ALIAS, ALIAS)


def test_a_change_of_mode_moves_the_shared_name_and_loses_nothing() -> None:
    assert losses(plan(MOVES)) == []


def test_records_that_the_shared_name_has_left_may_go() -> None:
    assert losses(plan(GOES, MOVES)) == []


def test_records_that_the_shared_name_leads_to_may_not() -> None:
    [loss] = losses(plan(GOES, STAYS))
    assert loss.name == GROUP
    assert "_failover.example.com CNAME (us-east-1) would be destroyed" in loss.what


LATENCY_GOES = change(
    'aws_route53_record.routed["latency-PRIMARY-CNAME"]',
    DESTROY,
    RECORD | {"name": "_latency.example.com"},
)


def test_the_shared_name_may_not_move_to_records_that_go() -> None:
    found = losses(plan(GOES, LATENCY_GOES, MOVES))
    assert [loss.name for loss in found] == [LATENCY_GOES["address"]]


@pytest.mark.parametrize("actions", [REPLACE, REPLACE_AFTER])
def test_records_that_the_shared_name_leads_to_may_not_be_made_anew(actions: list[str]) -> None:
    anew = change(GROUP, actions, RECORD, RECORD | {"set_identifier": "us-east-2"})
    assert [loss.name for loss in losses(plan(anew, STAYS))] == [GROUP]


def test_the_shared_name_may_not_go_with_all_that_it_leads_to() -> None:
    found = losses(plan(GOES, LATENCY_GOES, change(SHARED, DESTROY, ALIAS)))
    assert [loss.name for loss in found] == [SHARED], "what nobody can ask for may go with it"


def test_a_shared_name_that_terraform_forgets_still_leads_there() -> None:
    found = losses(plan(GOES, change(SHARED, ["forget"], ALIAS)))
    assert [loss.name for loss in found] == [GROUP]


@pytest.mark.parametrize("unknown", [True, [{"name": True}]])
def test_a_shared_name_may_still_lead_there_while_its_new_target_is_not_known(
    unknown: object,
) -> None:
    after = ALIAS | {"alias": [] if unknown is True else [{"zone_id": "Z1"}]}
    moves = change(SHARED, ["update"], ALIAS, after, {"alias": unknown})
    assert [loss.name for loss in losses(plan(GOES, moves))] == [GROUP]


def test_records_of_a_host_may_not_go_although_an_alias_has_left_them() -> None:
    hosts = change(GROUP, DESTROY, RECORD | {"name": "www.example.com"})
    moves = change(SHARED, ["update"], leading("www.example.com"), leading("_latency.example.com"))
    assert [loss.name for loss in losses(plan(hosts, moves))] == [GROUP]


def test_an_alias_of_another_type_does_not_keep_them() -> None:
    other = change(
        "aws_route53_record.other", ["no-op"], *[leading("_failover.example.com", "A")] * 2
    )
    assert losses(plan(GOES, MOVES, other)) == []


def test_records_of_a_mode_that_is_not_used_may_go() -> None:
    elsewhere = leading("_latency.example.com")
    assert losses(plan(GOES, change(SHARED, ["no-op"], elsewhere, elsewhere))) == []


def test_an_alias_of_a_name_of_awss_own_is_no_way_to_them() -> None:
    hosts = change(GROUP, DESTROY, RECORD | {"name": "www.example.com"})
    foreign = ALIAS | {"alias": [{"zone_id": "Z2", "name": "www.example.com"}]}
    moves = change(SHARED, ["update"], foreign, leading("_latency.example.com"))
    assert [loss.name for loss in losses(plan(hosts, moves))] == [GROUP]


IPV6 = leading("_failover-alias.example.com", "AAAA")
IPV6_GOES = change("aws_route53_record.shared_ipv6[0]", DESTROY, IPV6)


def test_aliases_that_become_a_cname_lose_nothing() -> None:
    becomes = change(SHARED, ["update"], leading("_failover-alias.example.com", "A"), ALIAS)
    assert losses(plan(IPV6_GOES, becomes)) == []


@pytest.mark.parametrize("actions", [DESTROY, REPLACE, REPLACE_AFTER])
def test_a_shared_name_that_would_be_answered_no_more_is_a_loss(actions: list[str]) -> None:
    ipv4 = leading("_failover-alias.example.com", "A")
    after = None if actions == DESTROY else ALIAS
    found = losses(plan(IPV6_GOES, change(SHARED, actions, ipv4, after)))
    assert [loss.name for loss in found] == ["aws_route53_record.shared_ipv6[0]", SHARED]
    assert "the record api.example.com A would be" in found[1].what


def test_a_record_that_is_yet_to_be_made_answers_nothing_meanwhile() -> None:
    made = change(SHARED, ["create"], None, ALIAS)
    found = losses(plan(IPV6_GOES, made))
    assert [loss.name for loss in found] == ["aws_route53_record.shared_ipv6[0]"]


REPLICA: dict[str, Any] = {
    "kms_key_arn": WEST_KEY,
    "deletion_protection_enabled": True,
    "point_in_time_recovery": True,
}


@pytest.mark.parametrize(
    ("address", "before", "unrestorable"),
    [
        ("aws_dynamodb_table.items", TABLE, [{"enabled": False}]),
        ("aws_dynamodb_table.items", TABLE, []),
        ("aws_dynamodb_table_replica.items", REPLICA, False),
        ("aws_dynamodb_table_replica.items", REPLICA, None),
    ],
)
def test_a_weaker_guard_is_warned_of_and_not_refused(
    address: str, before: dict[str, Any], unrestorable: object
) -> None:
    after = before | {
        "deletion_protection_enabled": False,
        "point_in_time_recovery": unrestorable,
    }
    weaker = plan(change(address, ["update"], before, after))
    assert losses(weaker) == []
    assert [text.partition(" is turned off: ")[0] for text in warnings(weaker)] == [
        f"{address}: deletion protection",
        f"{address}: point-in-time recovery",
    ]
    assert warnings(plan(change(address, ["update"], before, before | {"tags": {}}))) == []


def test_what_is_protected_is_found_before_all_else_is_destroyed() -> None:
    bare = TABLE | {"deletion_protection_enabled": False}
    table, replica = "aws_dynamodb_table.items", "aws_dynamodb_table_replica.items"
    with pytest.raises(InfraError, match=rf"changed: {table}, {replica}\. Set deletion_protection"):
        require_unprotected(plan(change(table, DESTROY, TABLE), change(replica, REPLACE, REPLICA)))
    require_unprotected(plan(change(table, DESTROY, bare)))
    require_unprotected(plan(UNCHANGED_TABLE))


def test_every_change_has_its_line_and_what_stays_has_none() -> None:
    document = plan(
        change("a.create", ["create"], None),
        change("a.update", ["update"], {}),
        change("a.destroy", DESTROY, {}),
        change("a.replace", REPLACE, {}),
        change("a.same", ["no-op"], {}),
        change("data.read", ["read"], {}) | {"mode": "data"},
    )
    assert changes(document) == [
        "create   a.create",
        "update   a.update",
        "DESTROY  a.destroy",
        "REPLACE  a.replace",
    ]


ONE, TWO = Loss("one", "it would be gone", "Keep it"), Loss("two", "it too", "Keep it")


def test_only_what_is_named_is_let_go() -> None:
    require_allowed([], [])
    require_allowed([ONE, TWO], ["one", "two"])
    with pytest.raises(InfraError) as refusal:
        require_allowed([ONE, TWO], ["two"])
    assert "\n  one: it would be gone. Keep it\n" in str(refusal.value)
    assert str(refusal.value).endswith("--allow-destroy 'one'")
    assert "it too" not in str(refusal.value)


@pytest.mark.parametrize(
    ("found", "told"), [([], "it would lose nothing"), ([ONE], "what it would lose: one")]
)
def test_a_name_that_the_plan_does_not_lose_is_refused(found: list[Loss], told: str) -> None:
    with pytest.raises(InfraError, match=f"--allow-destroy three: .*{told}"):
        require_allowed(found, ["one", "three"] if found else ["three"])


@pytest.mark.parametrize(
    "address", ["aws_dynamodb_table.items", "aws_dynamodb_table_replica.items"]
)
def test_a_copy_that_terraform_looks_for_in_another_region_would_be_forgotten(address: str) -> None:
    lost = plan(change(address, ["create"], None, TABLE))
    lost["resource_drift"] = [
        change(address, ["delete"], TABLE),
        change("module.primary.aws_lambda_alias.read", ["delete"], {"name": "live"}),
    ]
    [loss] = losses(lost)
    assert loss.name == address
    assert "not where Terraform looks for it" in loss.what
    with pytest.raises(InfraError, match="a region does that, and moves nothing"):
        require_allowed([loss], [])


def test_what_was_changed_elsewhere_and_is_still_there_is_no_loss() -> None:
    changed = plan(UNCHANGED_TABLE)
    changed["resource_drift"] = [update(point_in_time_recovery=[])]
    assert losses(changed) == []
