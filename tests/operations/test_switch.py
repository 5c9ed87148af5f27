"""failover, failback and status as they are called, against a switch in the emulator."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
import dns.message
import dns.rcode
import pytest

from infra.deployment import Deployment
from infra.errors import InfraError
from infra.exits import DONE
from infra.operations import throw
from infra.operations.switch import PERIOD, Switch, seconds_to_next_period
from infra.operations.throw import ThrowOptions
from infra.operations.turn import Turn
from infra.operations.view import name_server
from infra.rehearsal.emulator import Emulator
from infra.traffic.client import Target
from tests.commands import Called, call
from tests.emulator.cloud import reach

if TYPE_CHECKING:
    from types_boto3_cloudwatch import CloudWatchClient

PRIMARY, STANDBY = "us-east-1", "us-west-2"
LONG_AGO = timedelta(minutes=10)


class Account:
    """A stack's switch in the emulator, and the commands called on it."""

    def __init__(self, emulator: Emulator, name_server: str) -> None:
        self.name_server = name_server
        self.stack = f"s{uuid4().hex[:8]}"
        self.deployment = Deployment.from_names(self.stack, "a.test", "us-east-1", STANDBY)
        self.emulator = emulator
        self.session = boto3.Session("test", "test")
        self.cloudwatch = self.client(STANDBY)

    def client(self, region: str) -> "CloudWatchClient":
        return self.session.client("cloudwatch", region, endpoint_url=self.emulator.endpoint)

    def call(self, command: str, *options: str, typed: str = "") -> Called:
        names = ["--stack", self.stack, "--domain-name", "a.test"]
        regions = ["--primary-region", "us-east-1", "--standby-region", STANDBY]
        server = ["--name-server", self.name_server]
        environment = self.emulator.environment()
        return call(command, *names, *regions, *server, *options, env=environment, typed=typed)

    def numbers(self, region: str = PRIMARY) -> list[float]:
        """Return the highest number that was put lately on a region's switch, if any was."""
        switch = self.deployment.named(region).its_switch
        now = datetime.now(UTC)
        answer = self.client(switch.region).get_metric_statistics(
            Namespace=switch.namespace,
            MetricName=switch.metric_name,
            Dimensions=[{"Name": "Stack", "Value": self.stack}],
            StartTime=now - LONG_AGO / 2,
            EndTime=now + LONG_AGO,
            Period=60,
            Statistics=["Maximum"],
        )
        points = [point["Maximum"] for point in answer["Datapoints"]]
        return [max(points)] if points else []

    def withdrawn_long_ago(self, region: str = PRIMARY) -> None:
        """Have a region withdrawn by a number that no number of now shares a period with."""
        switch = self.deployment.named(region).its_switch
        self.client(switch.region).put_metric_data(
            Namespace=switch.namespace,
            MetricData=[
                {
                    "MetricName": switch.metric_name,
                    "Dimensions": [{"Name": "Stack", "Value": self.stack}],
                    "Timestamp": datetime.now(UTC) - LONG_AGO,
                    "Value": 1.0,
                }
            ],
        )


@pytest.fixture(scope="module")
def refusing_name_server() -> Iterator[str]:
    """A name server that refuses at once, so that no test asks the internet, or waits."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def refuse() -> None:
            while True:
                wire, client = server.recvfrom(512)
                if not wire:
                    return
                answer = dns.message.make_response(dns.message.from_wire(wire))
                answer.set_rcode(dns.rcode.REFUSED)
                server.sendto(answer.to_wire(), client)

        thread = threading.Thread(target=refuse)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", server.getsockname())
        thread.join()


@pytest.fixture
def account(emulator: Emulator, refusing_name_server: str) -> Account:
    return Account(emulator, refusing_name_server)


@pytest.fixture
def reachable(account: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account that this process's own clients reach too."""
    reach(account.emulator, monkeypatch)
    return account


@pytest.mark.parametrize(("command", "number"), [("failover", 1.0), ("failback", 0.0)])
def test_the_commands_put_one_number_in_the_standby_region(
    account: Account, command: str, number: float
) -> None:
    if command == "failback":
        account.withdrawn_long_ago()
    done = account.call(command, "--yes", "--force", "--no-wait")
    assert done.returncode == 0, done.stderr
    assert account.numbers() == [number]
    assert (
        f"will put PrimaryWithdrawn = {number:g} (MultiRegionApi, Stack={account.stack}) "
        f"in {STANDBY}"
    ) in done.stdout


@pytest.mark.parametrize("into_the_period", [0.0, 0.5, 30.0, 58.5, 59.999])
def test_a_number_that_waits_for_the_next_period_is_in_it(into_the_period: float) -> None:
    now = 29_000_000 * PERIOD + into_the_period
    assert (now + seconds_to_next_period(now)) // PERIOD == 29_000_001


@pytest.mark.parametrize("failover_is_seen", [True, False])
def test_a_failback_waits_until_no_failover_of_the_same_minute_swallows_it(
    reachable: Account, *, failover_is_seen: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment = reachable.deployment
    switch = Switch(deployment.primary.its_switch)
    if failover_is_seen:
        switch.put(withdrawn=True)
    unheard = Target("a.test", None, name_server("127.0.0.1:9"), ssl.create_default_context(), {})
    put_by_then: list[list[float]] = []

    def pause(seconds: float) -> None:
        assert 1 <= seconds <= 61
        put_by_then.append(reachable.numbers())

    back = Turn(deployment, deployment.primary, withdrawn=False)
    assert throw.throw(back, unheard, ThrowOptions(yes=True, force=True, wait=None), pause) == DONE
    assert put_by_then == [[float(failover_is_seen)]], "one is put at once, and one after"
    told = capsys.readouterr().out
    assert "us-east-1 may have been withdrawn within the last minutes" in told
    assert "putting it again in" in told


def test_ctrl_c_half_way_says_that_the_switch_stays_and_how_to_go_on(
    reachable: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    def pause(_: float) -> None:
        raise KeyboardInterrupt

    unheard = Target("a.test", None, name_server("127.0.0.1:9"), ssl.create_default_context(), {})
    back = Turn(reachable.deployment, reachable.deployment.primary, withdrawn=False)
    with pytest.raises(KeyboardInterrupt):
        throw.throw(back, unheard, ThrowOptions(yes=True, force=True, wait=None), pause)
    told = capsys.readouterr().err
    assert "what was put on the switch stays there. `python -m infra status`" in told
    assert "the same `failback` again goes on" in told
    assert reachable.numbers() == [0.0]


def test_a_failback_of_what_was_withdrawn_long_ago_waits_for_nothing(reachable: Account) -> None:
    names = reachable.deployment.primary.its_switch
    now = datetime.now(UTC)
    reachable.withdrawn_long_ago()
    assert Switch(names).position().long_withdrawn(now)
    Switch(names).put(withdrawn=True)
    assert not Switch(names).position().long_withdrawn(now)
    assert Switch(names).position().long_withdrawn(now + timedelta(minutes=3))


def test_a_standby_that_does_not_answer_is_not_failed_over_to(account: Account) -> None:
    done = account.call("failover", "--yes", "--no-wait")
    assert done.returncode == 2
    assert "us-west-2 does not answer" in done.stderr
    assert "nothing was changed. --force" in done.stderr
    assert account.numbers() == []


@pytest.mark.parametrize("typed", ["", "yes\n", "\n"])
def test_without_the_name_of_the_stack_nothing_is_changed(account: Account, typed: str) -> None:
    done = account.call("failover", "--force", "--no-wait", typed=typed)
    assert done.returncode == 2
    assert f"is not {account.stack}, so nothing was changed" in done.stderr
    assert account.numbers() == []


def test_the_typed_name_of_the_stack_is_enough(account: Account) -> None:
    done = account.call("failover", "--force", "--no-wait", typed=f"{account.stack}\n")
    assert done.returncode == 0, done.stderr
    assert account.numbers() == [1.0]


def test_a_switch_that_clients_do_not_follow_is_status_1(account: Account) -> None:
    done = account.call("failover", "--yes", "--force", "--wait", "0")
    assert done.returncode == 1
    assert "does not answer for a.test after 0 s" in done.stderr
    assert account.numbers() == [1.0]


def test_status_says_that_nobody_answers_and_goes_on_without_route_53(account: Account) -> None:
    done = account.call("status")
    assert done.returncode == 1
    assert "not withdrawn: nothing was put on it" in done.stdout
    assert "Route 53, endpoint of us-east-1" in done.stdout
    assert "unknown: " in done.stdout
    assert done.stdout.count("NOT AS IT SHOULD BE: ") == 3
    assert "Traceback" not in done.stderr


def test_status_says_that_an_operator_withdrew_the_primary(account: Account) -> None:
    account.call("failover", "--yes", "--force", "--no-wait")
    done = account.call("status")
    assert done.returncode == 1
    assert "switch of us-east-1" in done.stdout
    assert " WITHDRAWN: 1 was put at " in done.stdout
    assert "an operator has withdrawn us-east-1: `python -m infra failback`" in done.stdout


def test_status_says_the_same_to_machines(account: Account) -> None:
    account.call("failover", "--yes", "--force", "--no-wait")
    done = account.call("status", "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert (told["stack"], told["routing"], told["well"]) == (account.stack, "failover", False)
    assert list(told["answers"]) == ["a.test", "us-east-1.a.test", "us-west-2.a.test"]
    assert all(answer["problem"] for answer in told["answers"].values())
    thrown = told["switches"]["us-east-1"]
    assert (thrown["withdrawn"], thrown["number"]) == (True, 1.0)
    assert datetime.fromisoformat(thrown["at"]).tzinfo is not None
    assert told["switches"]["us-west-2"]["withdrawn"] is False
    assert any("withdrawn us-east-1: `python -m infra failback`" in p for p in told["problems"])
    assert told["route53"]["endpoint of us-east-1"].startswith("unknown: ")


FORCED = ("--yes", "--force", "--no-wait")
LATENCY = ("--routing", "latency", *FORCED)


@pytest.mark.parametrize(
    ("region", "metric"), [(PRIMARY, "PrimaryWithdrawn"), (STANDBY, "SecondaryWithdrawn")]
)
def test_where_both_regions_serve_each_is_withdrawn_from_the_other(
    account: Account, region: str, metric: str
) -> None:
    other = STANDBY if region == PRIMARY else PRIMARY
    done = account.call("failover", *LATENCY, "--region", region)
    assert done.returncode == 0, done.stderr
    assert (
        f"will put {metric} = 1 (MultiRegionApi, Stack={account.stack}) in {other}" in done.stdout
    )
    assert f"so that {other} answers for a.test" in done.stdout
    assert (account.numbers(region), account.numbers(other)) == ([1.0], [])


@pytest.mark.parametrize(
    ("region", "metric"), [(PRIMARY, "PrimaryWithdrawn"), (STANDBY, "SecondaryWithdrawn")]
)
def test_where_both_regions_serve_the_only_one_that_is_withdrawn_needs_no_name(
    account: Account, region: str, metric: str
) -> None:
    account.withdrawn_long_ago(region)
    back = account.call("failback", *LATENCY)
    assert back.returncode == 0, back.stderr
    assert f"will put {metric} = 0" in back.stdout
    assert account.numbers(region) == [0.0]
    assert f"{region} answers for a.test where routing says so" in back.stdout


def test_where_both_regions_serve_the_one_to_withdraw_must_be_named(account: Account) -> None:
    done = account.call("failover", *LATENCY)
    assert done.returncode == 2
    assert "name the one to withdraw, with --region us-east-1 or --region us-west-2" in done.stderr
    back = account.call("failback", *LATENCY)
    assert back.returncode == 2
    assert "neither region seems to be withdrawn: name the region to give back" in back.stderr
    assert account.numbers() == account.numbers(STANDBY) == []


def test_the_second_of_two_regions_is_not_withdrawn_unless_forced(account: Account) -> None:
    account.call("failover", *LATENCY, "--region", PRIMARY)
    careful = [option for option in LATENCY if option != "--force"]
    refused = account.call("failover", *careful, "--region", STANDBY)
    assert refused.returncode == 2
    assert "us-east-1 is withdrawn already: with both withdrawn Route 53 treats" in refused.stderr
    assert "failback --region us-east-1` first, or --force" in refused.stderr
    assert account.numbers(STANDBY) == []

    assert account.call("failover", *LATENCY, "--region", STANDBY).returncode == 0
    told = account.call("status", "--routing", "latency").stdout
    for region in (PRIMARY, STANDBY):
        assert f"an operator has withdrawn {region}: `python -m infra failback --region" in told


def test_a_standby_is_not_withdrawn(account: Account) -> None:
    done = account.call("failover", *FORCED, "--region", STANDBY)
    assert done.returncode == 2
    assert "with failover routing us-west-2 stands by" in done.stderr
    assert account.numbers(STANDBY) == []
    # Left thrown in another mode, it is given back in this one.
    account.withdrawn_long_ago(STANDBY)
    assert account.call("failback", *FORCED, "--region", "standby").returncode == 0
    assert account.numbers(STANDBY) == [0.0]


def test_a_standby_whose_switch_was_left_thrown_is_shown_and_no_problem(account: Account) -> None:
    account.call("failover", *LATENCY, "--region", STANDBY)
    told = account.call("status").stdout
    assert "switch of us-west-2" in told
    assert " WITHDRAWN: 1 was put at" in told
    assert "an operator has withdrawn" not in told


def test_a_region_that_is_none_of_the_two_is_refused(account: Account) -> None:
    done = account.call("failover", *FORCED, "--region", "eu-west-1")
    assert done.returncode == 2
    assert "'eu-west-1' is no region of" in done.stderr
    assert "use us-east-1 or us-west-2" in done.stderr


def test_the_alarm_tells_how_the_switch_stands_once_the_numbers_are_old(
    reachable: Account,
) -> None:
    names = reachable.deployment.primary.its_switch
    reachable.cloudwatch.put_metric_alarm(
        AlarmName=names.alarm_name,
        Namespace=names.namespace,
        MetricName=names.metric_name,
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        ComparisonOperator="GreaterThanThreshold",
        Threshold=0,
    )
    reachable.cloudwatch.set_alarm_state(
        AlarmName=names.alarm_name, StateValue="ALARM", StateReason="thrown yesterday"
    )
    position = Switch(names).position()
    assert (position.alarm, position.number, position.withdrawn) == ("ALARM", None, True)


def test_a_region_that_cant_be_reached_is_named_with_what_is_needed(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with pytest.raises(InfraError, match=r"^PutMetricData in us-west-2 failed: .*cloudwatch:Put"):
        Switch(account.deployment.primary.its_switch).put(withdrawn=True)


def test_names_that_are_given_in_part_are_refused() -> None:
    done = call("status", "--stack", "one")
    assert done.returncode == 2
    assert "--domain-name, --primary-region, --standby-region missing" in done.stderr
