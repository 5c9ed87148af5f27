"""What clients are told while the table can't answer."""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

import app as api
from chalicelib.table import Table
from infra.rehearsal.ports import free_port
from tests.api.conftest import Api

_BODY = '{"ItemId": "the-secret-key", "Data": "the-secret-data"}'


# Status, body (or what makes one of the call), and seconds of delay.
_Body = dict[str, Any] | Callable[[dict[str, Any]], dict[str, Any]]
_Reply = tuple[int, _Body, float]


class _Faulty(BaseHTTPRequestHandler):
    """Answers each call with the next of `answers`, the last one for ever."""

    answers: list[_Reply]
    calls: list[dict[str, Any]]

    def do_POST(self) -> None:
        call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.calls.append(call)
        status, answer, delay = self.answers[min(len(self.calls), len(self.answers)) - 1]
        time.sleep(delay)
        body = json.dumps(answer(call) if callable(answer) else answer).encode()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- overridden as it is
        """Stay quiet."""


def _error(code: str, **more: object) -> dict[str, Any]:
    text = "User arn:aws:sts::123456789012:assumed-role/internal on the-secret-key"
    return {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": text, **more}


@contextlib.contextmanager
def _table(*answers: _Reply) -> Iterator[type[_Faulty]]:
    """Serve the API on a table that gives these answers."""
    handler = type("Handler", (_Faulty,), {"answers": list(answers), "calls": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
                patch.setattr(api, "items", Table("items"))
                yield handler
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (400, "ProvisionedThroughputExceededException", 429),
        (400, "ThrottlingException", 429),
        (400, "RequestLimitExceeded", 429),
        (400, "ResourceNotFoundException", 503),
        (400, "AccessDeniedException", 503),
        (400, "UnrecognizedClientException", 503),
        (500, "InternalServerError", 503),
    ],
)
def test_what_the_table_refuses_is_429_or_503_and_names_no_internals(
    client: Api, caplog: pytest.LogCaptureFixture, status: int, code: str, told: int
) -> None:
    with _table((status, _error(code), 0)):
        answers = [client.read("the-secret-key"), client.get("/read"), client.write(_BODY)]
    for answer in answers:
        assert answer.status == told
        assert answer.headers["Retry-After"] == "1"
        assert answer.body["RequestId"]
        for internal in ("arn:", "internal", "Exception", "Dynamo", "the-secret"):
            assert internal not in answer.text
    errors = [vars(record) for record in caplog.records if record.levelname == "ERROR"]
    assert [(error["operation"], error["error"]) for error in errors] == [
        ("GetItem", code),
        ("Scan", code),
        ("PutItem", code),
    ]
    assert "the-secret" not in repr([vars(record) for record in caplog.records])


@pytest.mark.usefixtures("in_time")
def test_a_table_that_hangs_is_503_before_the_function_times_out(client: Api) -> None:
    with _table((200, {}, 3)) as table:
        started = time.monotonic()
        answer = client.get("/read?limit=1")
        assert time.monotonic() - started < 5
    assert answer.status == 503
    assert len(table.calls) >= 2


@pytest.mark.usefixtures("in_time")
def test_one_lost_answer_is_asked_for_again(client: Api) -> None:
    with _table((200, {}, 3), (200, {"Items": []}, 0)) as table:
        assert client.get("/read?limit=1").status == 200
    assert len(table.calls) == 2


def test_a_table_that_cannot_be_reached_is_503(client: Api) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port('127.0.0.1')}")
        patch.setattr(api, "items", Table("items"))
        answer = client.get("/read?limit=1")
    assert answer.status == 503
    assert answer.headers["Retry-After"]


def test_an_absent_table_is_503(client: Api) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "items", Table("absent"))
        assert client.read("x").status == 503
        assert client.write(_BODY).status == 503


def test_a_function_that_is_told_no_table_is_503(client: Api) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "items", Table(""))
        assert client.get("/read").status == 503


def test_a_health_check_reads_one_item_in_one_call(client: Api) -> None:
    with _table((200, {"Items": []}, 0)) as table:
        assert client.get("/read?limit=1").status == 200
    assert [call["Limit"] for call in table.calls] == [1]


def test_only_a_read_that_asks_for_it_pays_for_consistency(client: Api) -> None:
    with _table((200, {"Items": []}, 0)) as table:
        for query in ("limit=1", "ItemId=x"):
            client.get(f"/read?{query}")
            client.get(f"/read?{query}&consistent=true")
    assert [call["ConsistentRead"] for call in table.calls] == [False, True, False, True]


def test_a_create_whose_first_answer_was_lost_is_not_told_it_came_too_late(client: Api) -> None:
    def already_there(call: dict[str, Any]) -> dict[str, Any]:
        return _error("ConditionalCheckFailedException", Item=call["Item"])

    with _table((500, _error("InternalServerError"), 0), (400, already_there, 0)) as table:
        answer = client.write(_BODY, If_None_Match="*")
    assert len(table.calls) == 2
    assert answer.status == 200


def test_a_create_that_finds_anothers_item_after_a_lost_answer_is_412(client: Api) -> None:
    def another_there(call: dict[str, Any]) -> dict[str, Any]:
        item = call["Item"] | {"WrittenIn": {"S": "us-east-1"}}
        return _error("ConditionalCheckFailedException", Item=item)

    with _table((500, _error("InternalServerError"), 0), (400, another_there, 0)):
        assert client.write(_BODY, If_None_Match="*").status == 412
