"""Releases and rollbacks on two regions' functions, with the numbers that CloudWatch gives."""

import functools
import re
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from infra.errors import InfraError
from infra.releases import canary
from infra.releases import conduct as conducts
from infra.releases.conduct import Conduct
from infra.releases.functions import Functions, TakenOverError
from infra.releases.samples import Sample, Samples
from tests.releases.account import (
    CANT_START,
    CRASHES,
    FAILS,
    GOOD,
    PRIMARY,
    QUICK,
    REGIONS,
    STANDBY,
    Account,
)

Canaries = dict[str, Callable[[], None]]
AT_ONCE = replace(QUICK, bake=timedelta(0))


def release(account: Account, conduct: Conduct | None = None) -> int:
    """Release the newest versions of both functions; return the exit status."""
    conduct = conduct or account.conduct()
    return conduct.release(conduct.choose(("read", "write"), again=False))


def test_a_good_version_is_released_in_the_standby_first(
    account: Account, canaries: Canaries, capsys: pytest.CaptureFixture[str]
) -> None:
    account.publish(GOOD)
    seen: list[list[str]] = []

    def flows() -> None:
        seen.append(account.serving())
        account.well(PRIMARY)

    canaries[PRIMARY] = flows

    assert release(account) == 0

    assert seen == [["2", "2", "1", "1"]], "the primary's canary begins when the standby is through"
    assert account.serving() == ["2", "2", "2", "2"]
    assert account.shares() == [{}, {}, {}, {}]
    assert account.steps() == ["released"] * 4
    told = capsys.readouterr().out
    assert "read 2 in us-west-2: 40 requests, 0 failed, p99 30 ms (version 1: 200" in told


@pytest.mark.parametrize("failure", ["crashes", "server_errors"])
def test_a_version_that_fails_is_taken_back_in_both_regions(
    account: Account, canaries: Canaries, failure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    account.publish(GOOD)

    def fails() -> None:
        account.well(PRIMARY)
        account.traffic(PRIMARY, "write", "2", 60, **{failure: 5})

    canaries[PRIMARY] = fails

    assert release(account) == 1

    assert account.serving() == ["1", "1", "1", "1"]
    assert account.shares() == [{}, {}, {}, {}]
    assert account.steps() == ["rolled back"] * 4
    said = "ROLLED BACK write 2 in us-east-1: 5 of 100 requests failed (5.0%; at most 1.0% may"
    assert said in capsys.readouterr().err


def test_a_version_that_is_slow_is_taken_back(
    account: Account, canaries: Canaries, capsys: pytest.CaptureFixture[str]
) -> None:
    account.publish(GOOD)

    def crawls() -> None:
        account.traffic(STANDBY, "read", "1", 200)
        account.traffic(STANDBY, "read", "2", 20, milliseconds=1500)

    canaries[STANDBY] = crawls

    assert release(account) == 1

    assert account.serving() == ["1", "1", "1", "1"]
    assert "read 2 in us-west-2: p99 is 1500 ms (at most 1000 ms; the old version's is 30 ms)" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (CRASHES, "crashed in probe 1 of 3: out of order"),
        (FAILS, "answered 503 in probe 1 of 3: no table"),
        (CANT_START, "crashed in probe 1 of 3: "),
    ],
)
def test_a_version_that_answers_no_probe_is_seen_by_no_client(
    account: Account,
    code: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    account.publish(code)
    monkeypatch.setattr(canary.Canary, "_bake", pytest.fail)

    assert release(account) == 1

    assert account.serving() == ["1", "1", "1", "1"]
    told = capsys.readouterr().err
    assert f"ROLLED BACK read 2 in us-west-2 {said}" in told
    assert "no client has seen it there" in told


def test_an_alarm_in_either_region_takes_clients_back(
    account: Account, canaries: Canaries, capsys: pytest.CaptureFixture[str]
) -> None:
    account.publish(GOOD)
    canaries[PRIMARY] = lambda: account.ring(STANDBY, "api-latency")

    assert release(account) == 1

    assert account.serving() == ["1", "1", "1", "1"]
    assert f"ROLLED BACK alarm {account.stack}-api-latency in us-west-2 is on" in (
        capsys.readouterr().err
    )


@pytest.mark.usefixtures("canaries")
def test_a_look_that_cloudwatch_does_not_answer_is_made_again(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.publish(GOOD)
    refusals = [InfraError("GetMetricData in us-west-2 failed")]
    asked = Samples.of

    def of(*arguments: Any) -> list[Sample]:  # noqa: ANN401 -- as the method has them
        if refusals:
            raise refusals.pop()
        return asked(*arguments)

    monkeypatch.setattr(Samples, "of", of)

    assert release(account) == 0
    assert account.serving() == ["2", "2", "2", "2"]


@pytest.mark.usefixtures("canaries")
def test_a_canary_that_nobody_can_watch_is_taken_back(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    account.publish(GOOD)

    def of(*_: object) -> list[Sample]:
        raise InfraError("GetMetricData in us-west-2 failed")

    monkeypatch.setattr(canary, "_BLIND_LIMIT", timedelta(seconds=1))
    monkeypatch.setattr(Samples, "of", of)

    assert release(account) == 1
    assert account.serving() == ["1", "1", "1", "1"]
    told = capsys.readouterr().err
    assert "ROLLED BACK nobody can watch it: GetMetricData in us-west-2 failed" in told


@pytest.mark.usefixtures("canaries")
def test_while_an_alarm_is_on_only_what_may_mend_it_is_released(account: Account) -> None:
    account.publish(GOOD)
    account.ring(PRIMARY, "api-5xx")
    with pytest.raises(InfraError, match=r"-api-5xx in us-east-1 is on, .* --despite-alarms"):
        account.conduct().require_possible()
    with pytest.raises(InfraError, match="--despite-alarms"):
        release(account)
    assert account.serving() == ["1", "1", "1", "1"]
    assert release(account, account.conduct(despite_alarms=True)) == 0
    assert account.serving() == ["2", "2", "2", "2"]


def test_without_a_bake_everybody_moves_after_the_probes(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.publish(GOOD)
    monkeypatch.setattr(canary.Canary, "_bake", pytest.fail)
    assert release(account, account.conduct(AT_ONCE)) == 0
    assert account.serving() == ["2", "2", "2", "2"]


def test_few_requests_are_told_and_the_probes_decide(
    account: Account, canaries: Canaries, capsys: pytest.CaptureFixture[str]
) -> None:
    account.publish(GOOD)

    def trickle(region: str) -> None:
        account.traffic(region, "read", "1", 100)
        account.traffic(region, "read", "2", 19, server_errors=1)

    for region in REGIONS:
        canaries[region] = functools.partial(trickle, region)
    assert release(account) == 0
    told = capsys.readouterr().out
    for said in (
        "read 2 in us-west-2: 19 requests, 1 failed",
        "write 2 in us-west-2: 0 requests, 0 failed",
    ):
        line = next(line for line in told.splitlines() if said in line)
        assert "too few to judge by, so this rests on its 3 probes" in line


def test_where_nobody_is_counted_nothing_is_judged(
    account: Account, canaries: Canaries, capsys: pytest.CaptureFixture[str]
) -> None:
    account.publish(GOOD)
    canaries[STANDBY] = lambda: None
    assert release(account) == 1
    assert account.serving() == ["1", "1", "1", "1"]
    assert "CloudWatch shows no request to read in us-west-2 at all" in capsys.readouterr().err


def test_functions_are_released_apart(account: Account) -> None:
    account.publish(GOOD)
    conduct = account.conduct(AT_ONCE)
    assert conduct.release(conduct.choose(("write",), again=False)) == 0
    assert account.serving() == ["1", "2", "1", "2"]
    assert release(account, conduct) == 0
    assert account.serving() == ["2", "2", "2", "2"]
    assert conduct.choose(("read", "write"), again=False) == []


def stopped_in(region: str, account: Account, canaries: Canaries, by: BaseException) -> None:
    """Begin a release, and have it end in the midst of a region's canary."""
    account.publish(GOOD)

    def stop() -> None:
        raise by

    flows, canaries[region] = canaries[region], stop
    with pytest.raises(type(by)):
        release(account)
    canaries[region] = flows


@pytest.mark.parametrize("region", REGIONS)
def test_an_interrupted_release_says_so_and_is_gone_on_with(
    account: Account, canaries: Canaries, region: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stopped_in(region, account, canaries, KeyboardInterrupt())
    assert "stopped half-way, and clients stay where they are" in capsys.readouterr().err
    standby = "2" if region == PRIMARY else "1"
    assert account.serving() == [standby, standby, "1", "1"]

    with pytest.raises(InfraError, match=r"in a release that has not ended .*--resume"):
        account.conduct().require_possible()
    conduct = account.conduct()
    assert conduct.release(conduct.unfinished()) == 0
    assert account.serving() == ["2", "2", "2", "2"]
    assert account.steps() == ["released"] * 4
    with pytest.raises(InfraError, match="no release is under way"):
        conduct.unfinished()


@pytest.mark.parametrize("region", REGIONS)
def test_what_a_killed_release_left_is_taken_back(
    account: Account, canaries: Canaries, region: str
) -> None:
    stopped_in(region, account, canaries, SystemExit())
    conduct = account.conduct()
    assert conduct.take_back(conduct.backwards(("read",), None), "asked for") == 0
    assert account.serving() == ["1", "1", "1", "1"]
    assert account.shares() == [{}, {}, {}, {}]
    assert account.steps() == ["rolled back"] * 4
    with pytest.raises(InfraError, match=r"was rolled back by .* \(asked for\): .* --again"):
        release(account)
    assert len(conduct.choose(("read", "write"), again=True)) == 4


def test_a_rollback_from_elsewhere_ends_a_release_that_is_under_way(
    account: Account, canaries: Canaries, capsys: pytest.CaptureFixture[str]
) -> None:
    account.publish(GOOD)
    other = account.conduct()

    def taken_back() -> None:
        assert other.take_back(other.backwards(("read",), None), "at 3 a.m.") == 0

    canaries[PRIMARY] = taken_back
    assert release(account) == 1
    told = capsys.readouterr().err
    assert "NOT RELEASED by this run" in told
    assert "rolled back: 1 to 2" in told
    assert account.serving() == ["1", "1", "1", "1"]
    assert "at 3 a.m." in str(account.alias(STANDBY, "read").mark)


def test_of_two_releases_at_once_one_is_refused(account: Account) -> None:
    account.publish(GOOD)
    first, second = account.conduct(AT_ONCE), account.conduct(AT_ONCE)
    chosen = [conduct.choose(("read", "write"), again=False) for conduct in (first, second)]
    assert first.release(chosen[0]) == 0
    assert second.release(chosen[1]) == 1
    assert account.steps() == ["released"] * 4


def test_two_runs_of_one_person_in_one_second_are_not_taken_for_one(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.publish(GOOD)
    monkeypatch.setattr(conducts, "_now", lambda: "20261125T031500Z")
    first, second = account.conduct(AT_ONCE), account.conduct(AT_ONCE)
    mine, other = (c.choose(("read", "write"), again=False)[0] for c in (first, second))
    assert mine.mark.release == other.mark.release
    mine.functions.move(mine.alias, "1", {}, mine.mark, force=False)
    with pytest.raises(TakenOverError, match="was changed by somebody else: waiting: 1 to 2"):
        other.functions.move(other.alias, "1", {}, other.mark, force=False)


def test_an_answer_that_was_lost_is_no_reason_to_stop(account: Account) -> None:
    account.publish(GOOD)
    move = account.conduct(AT_ONCE).choose(("read",), again=False)[0]
    for _ in range(2):  # the SDK sends it again, with the revision of the first time
        moved = move.functions.move(move.alias, "1", {}, move.mark, force=False)
    assert str(moved.mark) == str(move.mark)


def test_two_releases_that_race_leave_one_of_them_whole(account: Account) -> None:
    account.publish(GOOD)
    conducts = [account.conduct(AT_ONCE) for _ in range(2)]
    chosen = [conduct.choose(("read", "write"), again=False) for conduct in conducts]
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda c=c, m=m: statuses.append(c.release(m)))
        for c, m in zip(conducts, chosen, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [0, 1]
    assert account.serving() == ["2", "2", "2", "2"]
    assert account.steps() == ["released"] * 4


def test_a_finished_release_is_taken_back_to_any_kept_version(account: Account) -> None:
    conduct = account.conduct(AT_ONCE)
    codes = []
    for _ in range(2):
        codes.append(account.publish(GOOD))
        assert release(account, conduct) == 0
    assert account.serving() == ["3", "3", "3", "3"]

    start = time.monotonic()
    assert conduct.take_back(conduct.backwards(("read", "write"), None), "asked for") == 0
    assert time.monotonic() - start < 60
    assert account.serving() == ["2", "2", "2", "2"]
    with pytest.raises(InfraError, match="nobody can be taken back"):
        conduct.backwards(("read", "write"), None)

    assert conduct.take_back(conduct.backwards(("read",), codes[1][:8]), "asked for") == 0
    assert account.serving() == ["3", "2", "3", "2"]
    with pytest.raises(InfraError, match="nobody can be taken back"):
        conduct.backwards(("read",), "0000")


def test_where_something_is_ready_the_other_region_waits_until_clients_have_moved(
    account: Account, canaries: Canaries, capsys: pytest.CaptureFixture[str]
) -> None:
    account.warm(STANDBY)
    account.publish(GOOD)
    seen: list[list[dict[str, float]]] = []

    def flows() -> None:
        seen.append(account.shares()[:2])
        account.well(PRIMARY)

    canaries[PRIMARY] = flows

    assert release(account) == 0, capsys.readouterr()
    assert seen == [[{}, {}]], "Lambda had kept the standby's at the old version"
    assert account.serving() == ["2", "2", "2", "2"]
    assert account.steps() == ["released"] * 4


def test_where_something_is_ready_clients_are_taken_back_before_it_is_ready_again(
    account: Account,
) -> None:
    account.warm(STANDBY)
    account.warm(PRIMARY)
    account.publish(GOOD)
    conduct = account.conduct(AT_ONCE)
    assert release(account, conduct) == 0

    assert conduct.take_back(conduct.backwards(("read", "write"), None), "asked for") == 0
    assert account.serving() == ["1", "1", "1", "1"]
    assert account.shares() == [{}, {}, {}, {}], "clients are still with the version that is bad"


def test_a_move_that_lambda_has_not_ended_is_told_from_a_share_that_somebody_gave(
    account: Account,
) -> None:
    account.warm(PRIMARY)
    account.publish(GOOD)
    account.functions(PRIMARY).update_alias(
        FunctionName=f"{account.stack}-read", Name="live", FunctionVersion="2"
    )
    with pytest.raises(InfraError, match="stays at version 1 until Lambda has as much ready"):
        account.conduct().require_possible()


def test_a_share_that_was_given_by_hand_is_refused_and_taken_back(account: Account) -> None:
    account.publish(GOOD)
    account.functions(PRIMARY).update_alias(
        FunctionName=f"{account.stack}-read",
        Name="live",
        RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}},
    )
    with pytest.raises(InfraError, match=r"read in us-east-1 shares its traffic \(2: 50%\)"):
        account.conduct().require_possible()
    conduct = account.conduct()
    assert conduct.take_back(conduct.backwards(("read", "write"), None), "asked for") == 0
    assert account.shares() == [{}, {}, {}, {}]
    assert account.serving() == ["1", "1", "1", "1"]


def test_old_versions_go_and_what_an_alias_names_stays(account: Account) -> None:
    conduct = account.conduct(AT_ONCE)
    for _ in range(5):
        account.publish(GOOD, kinds=("read",))
        assert release(account, conduct) == 0
    kept = {
        kind: [v.number for v in Functions(account.stack, STANDBY).versions(kind)]
        for kind in ("read", "write")
    }
    assert kept == {"read": ["6", "5", "4"], "write": ["1"]}


def test_the_version_that_a_release_would_go_back_to_is_kept_however_few_are(
    account: Account,
) -> None:
    account.publish(GOOD)
    assert release(account, replace(account.conduct(AT_ONCE), keep=1)) == 0
    kept = Functions(account.stack, STANDBY).versions("read")
    assert [version.number for version in kept] == ["2", "1"]


@pytest.mark.parametrize("number", ["", "$LATEST", "live"])
def test_only_a_number_names_what_is_deleted(account: Account, number: str) -> None:
    with pytest.raises(ValueError, match=f"{re.escape(repr(number))} is no version of"):
        Functions(account.stack, STANDBY).delete("read", number)
    assert account.alias(STANDBY, "read").version == "1"


def test_a_region_that_is_lost_keeps_nobody_in_the_other_one_waiting(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    conduct = account.conduct(AT_ONCE)
    account.publish(GOOD)
    assert release(account, conduct) == 0
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    lost = Functions(account.stack, PRIMARY)
    without = replace(conduct, regions=[conduct.regions[0], lost])

    back = without.backwards(("read", "write"), None)
    assert without.take_back(back, "asked for") == 1

    assert "CAN'T GetAlias in us-east-1 failed" in capsys.readouterr().err
    monkeypatch.setenv("AWS_ENDPOINT_URL", account.emulator.endpoint)
    assert account.serving() == ["1", "1", "2", "2"]
    assert conduct.take_back(conduct.backwards(("read", "write"), None), "asked for") == 1
