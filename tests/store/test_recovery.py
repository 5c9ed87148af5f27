"""What the app's client does by itself: renews, follows the clock, gives up in time, keeps open."""

import http.server
import json
import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import formatdate

import pytest

from chalicelib.connection import Connections
from chalicelib.dynamodb import CallError
from infra.rehearsal.ports import free_port
from tests.store import scripted
from tests.store.conftest import ClientAt
from tests.store.scripted import Table, answer, error, reset, slow

_GOOD = answer({"Items": []})
_SERVICE = "AWS_CONTAINER_CREDENTIALS_FULL_URI"


class CredentialsService:
    """Lambda's service for functions with SnapStart: each answer has another key.

    Attributes:
        url: where it is.
        lasts: how long the keys of its next answers do.
        body: what it answers instead, if that is not None.
        asked: with which Authorization, each time.
    """

    def __init__(self) -> None:
        self.lasts = timedelta(hours=6)
        self.body: bytes | None = None
        self.asked: list[str] = []
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.asked.append(self.headers["Authorization"])
                body = service.answer() if service.body is None else service.body
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- overridden
                """Stay quiet."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/credentials"

    def answer(self) -> bytes:
        expiration = datetime.now(UTC) + self.lasts
        document = {
            "AccessKeyId": f"KEY{len(self.asked)}",
            "SecretAccessKey": "secret",
            "Token": f"token-{len(self.asked)}",
            "Expiration": expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return json.dumps(document).encode()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[CredentialsService]:
    """Lambda's service for credentials, in place of those in the environment."""
    served = CredentialsService()
    thread = threading.Thread(target=served.server.serve_forever, args=(0.01,))
    thread.start()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv(_SERVICE, served.url)
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "let me in")
    yield served
    served.server.shutdown()
    thread.join()
    served.server.server_close()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client waits before each further try, which it then does at once."""
    seconds: list[float] = []
    monkeypatch.setattr("chalicelib.dynamodb.time.sleep", seconds.append)
    return seconds


def _keys(table: Table) -> list[str]:
    """Return the access keys that the requests were signed with."""
    signed = [request.headers["authorization"] for request in table.requests]
    return [text.partition("Credential=")[2].partition("/")[0] for text in signed]


def test_credentials_of_a_function_with_snapstart_are_asked_for_and_kept(
    client_at: ClientAt, service: CredentialsService
) -> None:
    with scripted.table(_GOOD) as table:
        client = client_at(table.url)
        assert service.asked == [], "a snapshot would hold what was loaded before it"
        for _ in range(3):
            client.call("Scan", {})
    assert _keys(table) == ["KEY1"] * 3
    assert [r.headers["x-amz-security-token"] for r in table.requests] == ["token-1"] * 3
    assert service.asked == ["let me in"]


def test_credentials_are_renewed_before_they_expire(
    client_at: ClientAt, service: CredentialsService
) -> None:
    service.lasts = timedelta(minutes=5)  # botocore renews in the last 15
    with scripted.table(_GOOD) as table:
        client = client_at(table.url)
        client.call("Scan", {})
        client.call("Scan", {})
    assert len(set(_keys(table))) == 2


def test_an_expired_token_is_replaced_and_the_call_goes_on(
    client_at: ClientAt, service: CredentialsService
) -> None:
    del service
    for code in ("ExpiredTokenException", "UnrecognizedClientException"):
        with scripted.table(_GOOD, error(code), _GOOD) as table:
            client = client_at(table.url)
            client.call("Scan", {})
            assert client.call("Scan", {}) == {"Items": []}
        before, refused, after = _keys(table)
        assert before == refused != after


def test_an_expired_token_that_nothing_can_replace_is_refused_once(client_at: ClientAt) -> None:
    with (
        scripted.table(error("ExpiredTokenException")) as table,
        pytest.raises(CallError, match="ExpiredTokenException"),
    ):
        client_at(table.url).call("Scan", {})
    assert len(table.requests) == 1


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b'{"AccessKeyId": "x"}'])
def test_a_broken_credentials_service_is_an_error_without_a_request(
    client_at: ClientAt, service: CredentialsService, body: bytes
) -> None:
    service.body = body
    with scripted.table(_GOOD) as table:
        client = client_at(table.url)
        with pytest.raises(CallError, match="CredentialsError"):
            client.call("Scan", {})
        assert table.requests == []
        service.body = None
        assert client.call("Scan", {}) == {"Items": []}


def test_no_credentials_are_an_error(client_at: ClientAt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with scripted.table(_GOOD) as table, pytest.raises(CallError, match="CredentialsError"):
        client_at(table.url).call("Scan", {})


@pytest.mark.parametrize("hours", [-3, 3])
@pytest.mark.parametrize(
    "code", ["InvalidSignatureException", "RequestExpired", "RequestTimeTooSkewed"]
)
def test_a_clock_that_is_wrong_is_put_right_by_awss(
    client_at: ClientAt, hours: int, code: str
) -> None:
    clock = hours * 3600.0
    replies = [error(code, clock=clock), answer({"Items": []}, clock=clock)]
    with scripted.table(*replies) as table:
        client = client_at(table.url)
        client.call("Scan", {})
        client.call("Scan", {})
    dates = [
        datetime.strptime(r.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        for r in table.requests
    ]
    assert abs(dates[0] - datetime.now(UTC)) < timedelta(minutes=1)
    for date in dates[1:]:
        assert abs(date - datetime.now(UTC) - timedelta(hours=hours)) < timedelta(minutes=1)


@pytest.mark.parametrize("date", ["now", "yesterday", ""])
def test_a_wrong_signature_is_final_unless_the_clock_explains_it(
    client_at: ClientAt, date: str
) -> None:
    date = formatdate(usegmt=True) if date == "now" else date
    refusal = answer({"__type": "InvalidSignatureException"}, status=400, Date=date)
    with (
        scripted.table(refusal) as table,
        pytest.raises(CallError, match="InvalidSignatureException"),
    ):
        client_at(table.url).call("Scan", {})
    assert len(table.requests) == 1


@pytest.mark.usefixtures("in_time")
def test_a_table_that_hangs_is_given_up(client_at: ClientAt) -> None:
    with scripted.table(slow(_GOOD, 5)) as table, pytest.raises(CallError, match="TimeoutError"):
        client_at(table.url).call("Scan", {})
    # Three, if this machine has the time.
    assert 2 <= len(table.requests) <= 3


@pytest.mark.usefixtures("in_time")
@pytest.mark.parametrize("hangs_for", [0.1, 0.7, 1.4])
def test_all_tries_end_while_a_health_check_waits(
    client_at: ClientAt, hangs_for: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock:
        """Goes on by as much as is waited."""

        now = 0.0

        def monotonic(self) -> float:
            return self.now

        def sleep(self, seconds: float) -> None:
            self.now += seconds

    def hang(_self: object, _headers: object, _body: object, seconds: float) -> None:
        clock.sleep(min(seconds, hangs_for))
        raise TimeoutError

    clock = Clock()
    monkeypatch.setattr("chalicelib.dynamodb.time", clock)
    monkeypatch.setattr(Connections, "post", hang)
    with pytest.raises(CallError):
        client_at("http://127.0.0.1:1").call("Scan", {})
    assert min(3 * hangs_for, 1.5) <= clock.now < 1.8  # of the 2 s that Route 53 waits


def test_a_host_that_is_not_there_is_an_error(client_at: ClientAt) -> None:
    client = client_at(f"http://127.0.0.1:{free_port('127.0.0.1')}")
    with pytest.raises(CallError, match="ConnectionRefusedError"):
        client.call("Scan", {})


def test_a_wrong_answer_is_never_given_out(client_at: ClientAt) -> None:
    wrong = answer({"Items": []}, crc32=1)
    for reply, code in ((wrong, "ChecksumMismatch"), (answer(b"[]"), "AnswerNotJson")):
        with scripted.table(reply) as table, pytest.raises(CallError, match=code):
            client_at(table.url).call("Scan", {})


def test_a_table_that_fails_for_long_is_asked_once_each_time(client_at: ClientAt) -> None:
    failing = [error("InternalServerError", 500)] * 400
    with scripted.table(*failing, _GOOD) as table:
        client = client_at(table.url)
        for _ in range(60):
            with pytest.raises(CallError):
                client.call("Scan", {})
        before = len(table.requests)
        with pytest.raises(CallError):
            client.call("Scan", {})
        assert len(table.requests) == before + 1


def test_one_connection_serves_all_calls(client_at: ClientAt) -> None:
    with scripted.table(_GOOD) as table:
        client = client_at(table.url)
        for _ in range(5):
            client.call("Scan", {})
    assert table.connections == 1


def test_a_connection_that_the_table_will_close_is_opened_anew_without_a_failed_try(
    client_at: ClientAt, waits: list[float]
) -> None:
    closing = answer({"Items": []}, Connection="close")
    for first in (closing, _GOOD):
        with scripted.table(first, _GOOD) as table:
            client = client_at(table.url)
            client.call("Scan", {})
            client.call("Scan", {})
        assert len(table.requests) == 2
        assert table.connections == (2 if first is closing else 1)
    assert waits == []


def test_an_idle_connection_that_died_costs_no_try(client_at: ClientAt, waits: list[float]) -> None:
    with scripted.table(_GOOD) as table:
        client = client_at(table.url)
        client.call("Scan", {})
        table.hang_up()
        assert client.call("Scan", {}) == {"Items": []}
    assert len(table.requests) == 2
    assert table.connections == 2
    assert waits == []


def test_calls_at_the_same_time_have_connections_of_their_own(client_at: ClientAt) -> None:
    with scripted.table(slow(_GOOD, 0.2)) as table:
        client = client_at(table.url)
        threads = [threading.Thread(target=client.call, args=("Scan", {})) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        client.call("Scan", {})
    assert len(table.requests) == 5
    assert table.connections == 4


def test_a_trace_goes_on_to_the_table(client_at: ClientAt, monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted.table(_GOOD) as table:
        client = client_at(table.url)
        client.call("Scan", {})
        monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-2-3;Parent=4;Sampled=1")
        client.call("Scan", {})
    without, traced = table.requests
    assert "x-amzn-trace-id" not in without.headers
    assert traced.headers["x-amzn-trace-id"] == "Root=1-2-3;Parent=4;Sampled=1"
    assert "x-amzn-trace-id" not in traced.headers["authorization"]


def test_copies_of_a_snapshot_wait_for_different_times(
    client_at: ClientAt, waits: list[float]
) -> None:
    with scripted.table(reset) as table:
        client = client_at(table.url)
        for _ in range(2):
            random.seed(0)  # as each copy's generator is in the state that the snapshot had
            with pytest.raises(CallError):
                client.call("Scan", {})
    assert len(set(waits)) == 4
    assert all(0 <= wait <= 0.05 for wait in waits)
