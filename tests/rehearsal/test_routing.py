"""Which record set answers: the routing policies, as pure functions."""

import random
from collections import Counter
from collections.abc import Iterable

import pytest
from dns.rcode import Rcode
from hypothesis import given
from hypothesis import strategies as st

from infra.rehearsal.route53 import geography
from infra.rehearsal.route53.config import (
    AliasTarget,
    Configuration,
    Failover,
    HostedZone,
    Latency,
    RecordSet,
    Routing,
    Simple,
    Weighted,
)
from infra.rehearsal.route53.routing import Resolution, RRset, View, choose, resolve

ZONE_ID = "Z0EXAMPLE"
API_GATEWAY_ZONE_ID = "Z1UJRXOUMOOFQ8"
TARGET = "d-abc.execute-api.us-east-1.amazonaws.com"
AWS_NAMES = {TARGET: "127.0.1.1"}


def zone(*records: RecordSet) -> HostedZone:
    return HostedZone(ZONE_ID, "example.com", records)


def view(unhealthy: Iterable[str] = (), region: str = "us-east-1", seed: int = 0) -> View:
    down = set(unhealthy)
    chance = random.Random(seed)  # noqa: S311 -- no secret
    return View(lambda check: check not in down, AWS_NAMES.get, region, chance)


def record(
    routing: Routing,
    value: str = "192.0.2.1",
    *,
    name: str = "api.example.com",
    check: str | None = None,
    kind: str = "A",
) -> RecordSet:
    return RecordSet(
        name=name,
        type=kind,
        routing=routing,
        set_identifier=None if routing == Simple() else value,
        ttl=10,
        values=(value,),
        health_check_id=check,
    )


def alias(
    target: str,
    *,
    zone_id: str = API_GATEWAY_ZONE_ID,
    routing: Routing | None = None,
    evaluate: bool = True,
    check: str | None = None,
) -> RecordSet:
    return RecordSet(
        name="api.example.com",
        type="A",
        routing=routing or Simple(),
        set_identifier=target if routing else None,
        alias=AliasTarget(target, zone_id, evaluate),
        health_check_id=check,
    )


def addresses(found: Resolution) -> tuple[str, ...]:
    return found.answers[-1].values if found.answers else ()


def answer(
    zone: HostedZone, view: View, name: str = "api.example.com", kind: str = "A"
) -> Resolution:
    return resolve([zone], name, kind, view)


# The failover table of API_ResourceRecordSet.html, Failover.
@pytest.mark.parametrize(
    ("unhealthy", "answered"),
    [
        ([], "192.0.2.1"),
        (["primary"], "192.0.2.2"),
        (["secondary"], "192.0.2.1"),
        (["primary", "secondary"], "192.0.2.1"),
    ],
)
def test_failover_answers_the_primary_unless_only_the_secondary_is_healthy(
    unhealthy: list[str], answered: str
) -> None:
    secondary_first = zone(
        record(Failover(primary=False), "192.0.2.2", check="secondary"),
        record(Failover(primary=True), "192.0.2.1", check="primary"),
    )
    assert addresses(answer(secondary_first, view(unhealthy))) == (answered,)


def test_a_secondary_without_a_check_is_always_answered_when_the_primary_fails() -> None:
    unchecked = zone(
        record(Failover(primary=True), "192.0.2.1", check="primary"),
        record(Failover(primary=False), "192.0.2.2"),
    )
    assert addresses(answer(unchecked, view(["primary"]))) == ("192.0.2.2",)


def weighted(*weights: int) -> HostedZone:
    return zone(
        *(
            record(Weighted(weight), f"192.0.2.{number}", check=str(number))
            for number, weight in enumerate(weights)
        )
    )


def draws(zone: HostedZone, seen: View, count: int = 3000) -> Counter[str]:
    return Counter(addresses(answer(zone, seen))[0] for _ in range(count))


def test_weights_decide_the_share_of_answers() -> None:
    assert draws(weighted(1, 3), view())["192.0.2.1"] / 3000 == pytest.approx(0.75, abs=0.05)


def test_weight_0_answers_only_when_all_others_are_unhealthy() -> None:
    assert set(draws(weighted(5, 0, 5), view(["0"]))) == {"192.0.2.2"}
    assert set(draws(weighted(5, 0, 5), view(["0", "2"]))) == {"192.0.2.1"}


def test_weighted_records_that_are_all_unhealthy_are_all_treated_as_healthy() -> None:
    assert set(draws(weighted(5, 0, 5), view(["0", "1", "2"]))) == {"192.0.2.0", "192.0.2.2"}


def test_weights_that_are_all_0_answer_alike() -> None:
    assert draws(weighted(0, 0), view())["192.0.2.1"] / 3000 == pytest.approx(0.5, abs=0.05)


@given(
    weights=st.lists(st.integers(0, 255), min_size=1, max_size=6),
    down=st.sets(st.integers(0, 5)),
    seed=st.integers(),
)
def test_an_unhealthy_weighted_record_never_answers_while_a_healthy_one_is_there(
    weights: list[int], down: set[int], seed: int
) -> None:
    records = weighted(*weights)
    seen = view(map(str, down), seed=seed)
    chosen = choose(records.record_sets, records, seen)
    healthy = [r for r in records.record_sets if r.health_check_id not in set(map(str, down))]
    assert chosen in (healthy or records.record_sets)
    weighty = [r for r in healthy or records.record_sets if r.routing != Weighted(0)]
    assert not weighty or chosen in weighty


LATENCY = zone(
    record(Latency("us-east-1"), "192.0.2.1", check="east"),
    record(Latency("us-west-2"), "192.0.2.2", check="west"),
)


@pytest.mark.parametrize(
    ("region", "answered"),
    [
        ("us-east-1", "192.0.2.1"),
        ("us-west-2", "192.0.2.2"),
        ("us-west-1", "192.0.2.2"),
        ("eu-west-1", "192.0.2.1"),
        ("ap-northeast-1", "192.0.2.2"),
        ("sa-east-1", "192.0.2.1"),
    ],
)
def test_latency_answers_the_region_nearest_to_the_client(region: str, answered: str) -> None:
    assert addresses(answer(LATENCY, view(region=region))) == (answered,)


def test_latency_passes_over_an_unhealthy_region_unless_all_are() -> None:
    assert addresses(answer(LATENCY, view(["east"]))) == ("192.0.2.2",)
    assert addresses(answer(LATENCY, view(["east", "west"]))) == ("192.0.2.1",)


REGIONS = st.sampled_from(["us-east-1", "us-west-2", "eu-west-1", "ap-southeast-2", "sa-east-1"])


@given(one=REGIONS, other=REGIONS)
def test_distance_is_symmetric_and_nought_only_to_itself(one: str, other: str) -> None:
    assert geography.distance(one, other) == pytest.approx(geography.distance(other, one))
    assert (geography.distance(one, other) == 0) == (one == other)


def test_an_alias_to_a_name_of_aws_answers_its_address_for_60_s_under_its_own_name() -> None:
    found = answer(zone(alias(TARGET)), view())
    assert found.answers == (RRset("api.example.com", "A", 60, ("127.0.1.1",)),)


def test_an_alias_to_a_name_of_aws_has_no_ipv6_address() -> None:
    ipv6 = RecordSet(
        name="api.example.com",
        type="AAAA",
        routing=Simple(),
        alias=AliasTarget(TARGET, API_GATEWAY_ZONE_ID, evaluate_target_health=True),
    )
    found = answer(zone(ipv6), view(), kind="AAAA")
    assert (found.rcode, found.answers) == (Rcode.NOERROR, ())


def test_an_alias_to_an_unknown_name_of_aws_is_a_failure_not_an_empty_answer() -> None:
    assert answer(zone(alias("d-new.cloudfront.net")), view()).rcode is Rcode.SERVFAIL


def test_an_alias_within_the_zone_takes_its_targets_values_and_ttl() -> None:
    found = answer(
        zone(
            alias("us-east-1.api.example.com", zone_id=ZONE_ID),
            record(Simple(), "192.0.2.9", name="us-east-1.api.example.com"),
        ),
        view(),
    )
    assert found.answers == (RRset("api.example.com", "A", 10, ("192.0.2.9",)),)


@pytest.mark.parametrize(
    ("evaluate", "answered"), [(True, "192.0.2.2"), (False, "192.0.2.1")], ids=["on", "off"]
)
def test_an_alias_is_as_healthy_as_its_target_only_if_told_to_evaluate_it(
    *, evaluate: bool, answered: str
) -> None:
    found = answer(
        zone(
            alias(
                "one.example.com",
                zone_id=ZONE_ID,
                routing=Failover(primary=True),
                evaluate=evaluate,
            ),
            alias("two.example.com", zone_id=ZONE_ID, routing=Failover(primary=False)),
            record(Simple(), "192.0.2.1", name="one.example.com", check="one"),
            record(Simple(), "192.0.2.2", name="two.example.com"),
        ),
        view(["one"]),
    )
    assert addresses(found) == (answered,)


def test_an_alias_of_a_group_of_cnames_is_answered_as_the_one_that_is_chosen() -> None:
    group = [
        record(
            Failover(primary=primary),
            target,
            name="_failover.example.com",
            check=target,
            kind="CNAME",
        )
        for primary, target in ((True, TARGET), (False, "standby.example.net"))
    ]
    shared = RecordSet(
        name="api.example.com",
        type="CNAME",
        routing=Simple(),
        alias=AliasTarget("_failover.example.com", ZONE_ID, evaluate_target_health=True),
    )
    held = zone(shared, *group)
    assert resolve([held], "api.example.com", "A", view()).answers == (
        RRset("api.example.com", "CNAME", 10, (TARGET,)),
        RRset(TARGET, "A", 60, ("127.0.1.1",)),
    )
    moved = resolve([held], "api.example.com", "A", view(unhealthy=[TARGET])).answers
    assert moved == (RRset("api.example.com", "CNAME", 10, ("standby.example.net",)),)
    assert Configuration((held,), {}).answering("api.example.com") == tuple(group)
    assert Configuration((held,), {}).answering("_failover.example.com") == tuple(group)
    assert Configuration((held,), {}).answering("other.example.com") == ()


def test_an_alias_fails_over_by_its_own_check_though_its_target_is_healthy() -> None:
    found = answer(
        zone(
            alias(TARGET, routing=Failover(primary=True), check="primary"),
            record(Failover(primary=False), "192.0.2.2"),
        ),
        view(["primary"]),
    )
    assert addresses(found) == ("192.0.2.2",)


def cname(target: str, name: str = "api.example.com") -> RecordSet:
    return record(Simple(), f"{target}.", name=name, kind="CNAME")


def test_a_cname_is_answered_with_the_address_of_its_target() -> None:
    found = answer(zone(cname(TARGET)), view())
    assert found.answers == (
        RRset("api.example.com", "CNAME", 10, (f"{TARGET}.",)),
        RRset(TARGET, "A", 60, ("127.0.1.1",)),
    )


def test_a_cname_fails_over() -> None:
    records = zone(
        record(Failover(primary=True), f"{TARGET}.", kind="CNAME", check="primary"),
        record(Failover(primary=False), "standby.example.org.", kind="CNAME"),
    )
    assert addresses(answer(records, view())) == ("127.0.1.1",)
    assert addresses(answer(records, view(["primary"]))) == ("standby.example.org.",)


def test_a_cname_to_a_name_served_nowhere_here_is_answered_alone() -> None:
    found = answer(zone(cname("elsewhere.example.org")), view())
    assert (found.rcode, len(found.answers)) == (Rcode.NOERROR, 1)


def test_a_query_for_the_cname_itself_is_not_followed() -> None:
    assert len(answer(zone(cname(TARGET)), view(), kind="CNAME").answers) == 1


def test_a_loop_of_cnames_is_a_failure() -> None:
    looped = zone(
        cname("two.example.com", "one.example.com"), cname("one.example.com", "two.example.com")
    )
    assert answer(looped, view(), name="one.example.com").rcode is Rcode.SERVFAIL


@pytest.mark.parametrize(
    ("name", "kind", "rcode"),
    [
        ("deep.api.example.com", "TXT", Rcode.NOERROR),
        ("api.example.com", "A", Rcode.NOERROR),  # nothing but a name below it
        ("nowhere.example.com", "A", Rcode.NXDOMAIN),
        ("example.org", "A", Rcode.REFUSED),
        ("notexample.com", "A", Rcode.REFUSED),
        (TARGET, "A", Rcode.NOERROR),
        ("d-new.execute-api.us-east-1.amazonaws.com", "A", Rcode.REFUSED),
    ],
)
def test_absence_is_of_the_name_the_data_or_the_zone(name: str, kind: str, rcode: Rcode) -> None:
    deep = zone(record(Simple(), name="deep.api.example.com"))
    assert answer(deep, view(), name, kind).rcode is rcode


def test_the_longest_hosted_zone_answers() -> None:
    inner = HostedZone("ZIN", "api.example.com", (record(Simple(), "192.0.2.7"),))
    outer = zone(record(Simple(), "192.0.2.1"))
    for zones in ([inner, outer], [outer, inner]):
        assert addresses(resolve(zones, "api.example.com", "A", view())) == ("192.0.2.7",)


@given(down=st.sets(st.sampled_from(["0", "1", "2", "east", "west"])), seed=st.integers())
def test_there_is_always_an_answer_whatever_is_unhealthy(down: set[str], seed: int) -> None:
    for records in (weighted(1, 0, 3), LATENCY):
        assert len(addresses(answer(records, view(down, seed=seed)))) == 1
