"""What each route answers, and what all answers carry."""

import json
import logging
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import app as api
from chalicelib import tokens
from chalicelib.table import Table
from infra import ROOT
from tests.api.conftest import REGION, Api, make_table


def _write(client: Api, item_id: str, data: object = 1, **headers: str) -> int:
    return client.write(json.dumps({"ItemId": item_id, "Data": data}), **headers).status


def test_a_write_names_its_item_time_and_region(client: Api, item_id: str) -> None:
    answer = client.write(json.dumps({"ItemId": item_id, "Data": {"a": 1}}))
    assert answer.status == 200
    assert set(answer.body) == {"ItemId", "WrittenAt", "Region"}
    assert answer.body["ItemId"] == item_id
    assert answer.body["Region"] == answer.headers["X-Region"] == REGION
    age = datetime.now(UTC) - datetime.fromisoformat(answer.body["WrittenAt"])
    assert timedelta(0) <= age < timedelta(minutes=1)


def test_an_item_is_read_with_where_and_when_it_was_written(client: Api, item_id: str) -> None:
    written = client.write(json.dumps({"ItemId": item_id, "Data": {"a": 1}})).body
    answer = client.read(item_id)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.body == {
        "Item": {
            "ItemId": item_id,
            "Data": {"a": 1},
            "WrittenAt": written["WrittenAt"],
            "WrittenIn": REGION,
        },
        "Region": REGION,
    }


def test_a_write_replaces_the_item(client: Api, item_id: str) -> None:
    assert _write(client, item_id, "old") == 200
    assert _write(client, item_id, "new") == 200
    assert client.data(item_id) == '"new"'


def test_if_none_match_creates_and_never_replaces(client: Api, item_id: str) -> None:
    assert _write(client, item_id, "first", If_None_Match="*") == 200
    answer = client.write(json.dumps({"ItemId": item_id, "Data": "second"}), If_None_Match="*")
    assert answer.status == 412
    assert answer.body["Code"] == "PreconditionFailedError"
    assert client.data(item_id) == '"first"'


def test_if_none_match_takes_no_entity_tag(client: Api, item_id: str) -> None:
    assert _write(client, item_id, If_None_Match='"tag"') == 400
    assert client.read(item_id).status == 404


def test_an_unknown_item_is_404(client: Api, item_id: str) -> None:
    answer = client.read(item_id)
    assert answer.status == 404
    assert answer.body["Code"] == "NotFoundError"


def test_a_consistent_read_sees_the_write(client: Api, item_id: str) -> None:
    _write(client, item_id)
    assert client.get(f"/read?ItemId={item_id}&consistent=true").status == 200
    assert client.get("/read?consistent=true&limit=1").status == 200


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("limit=0", "limit is '0'"),
        ("limit=101", "limit is '101'"),
        ("limit=-1", "limit is '-1'"),
        ("limit=1.0", "limit is '1.0'"),
        ("limit=", "limit is ''"),
        ("limit=%D9%A1", "limit is '\u0661'"),
        ("limit=1&limit=2", "limit is there 2 times"),
        ("limit=" + "9" * 5000, "limit is '9999"),
        ("next=", "next is not a token"),
        ("next=AAAA", "next is not a token"),
        ("next=%FF%00", "next is not a token"),
        ("consistent=yes", "consistent is 'yes'"),
        ("ItemId=", "ItemId is 0 bytes"),
        ("ItemId=" + "x" * 2049, "ItemId is 2049 bytes"),
        ("ItemId=x&limit=1", "leave one of the two out"),
        ("ItemId=x&next=y", "leave one of the two out"),
        ("itemid=x", "'itemid' is not a known parameter"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(client: Api, query: str, says: str) -> None:
    answer = client.get(f"/read?{query}")
    assert answer.status == 400, answer.text
    assert says in answer.body["Message"]
    assert len(answer.body["Message"]) < 300


def test_a_type_other_than_json_is_415(client: Api) -> None:
    answer = client.write("{}", Content_Type="text/plain")
    assert answer.status == 415
    assert answer.body["RequestId"]


def test_a_method_that_a_route_lacks_is_405(client: Api) -> None:
    for method, path in (("GET", "/write"), ("POST", "/read"), ("DELETE", "/")):
        answer = client.request(method, path)
        assert answer.status == 405
        assert answer.headers["Allow"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/read?limit=x"), ("POST", "/write"), ("DELETE", "/read")]
)
def test_an_error_names_region_and_request(client: Api, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert set(answer.body) == {"Code", "Message", "Region", "RequestId"}
    assert answer.body["Region"] == answer.headers["X-Region"] == REGION
    assert answer.headers["Content-Type"] == "application/json"


def test_scripts_of_any_origin_may_call_and_see_the_region(client: Api) -> None:
    for answer in (client.get("/read?limit=1"), client.get("/read?limit=x"), client.write("")):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "X-Region" in answer.headers["Access-Control-Expose-Headers"]
        allowed = answer.headers["Access-Control-Allow-Headers"].split(",")
        assert {"Content-Type", "If-None-Match", "X-Api-Key"} <= set(allowed)


def test_no_answer_is_cached(client: Api) -> None:
    assert client.get("/read").headers["Cache-Control"] == "no-store"


def _pages(client: Api, limit: int, start: str | None = None) -> list[list[str]]:
    """Return the ids on each page from `start` (an answer's Next) to the last."""
    pages = []
    while True:
        query = f"&next={start}" if start else ""
        body = client.get(f"/read?limit={limit}{query}").body
        pages.append([item["ItemId"] for item in body["Items"]])
        assert len(pages) < 50, "the listing does not end"
        start = body["Next"]
        if start is None:
            return pages


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_pages_hold_each_item_once(alone: Api, limit: int) -> None:
    ids = {f"item {number} \U0001f600/+?&" for number in range(23)}
    for item_id in ids:
        _write(alone, item_id)
    pages = _pages(alone, limit)
    assert all(len(page) <= limit for page in pages)
    found = [item_id for page in pages for item_id in page]
    assert sorted(found) == sorted(ids)


def test_a_bookmarked_page_goes_on_after_other_items_went_and_came(alone: Api) -> None:
    for number in range(10):
        _write(alone, f"stays {number}")
    first = alone.get("/read?limit=5").body
    for number in range(10):
        _write(alone, f"comes {number}")
    seen = [item["ItemId"] for item in first["Items"]]
    for page in _pages(alone, 5, first["Next"]):
        seen += page
    assert len(set(seen)) == len(seen)
    assert {f"stays {number}" for number in range(10)} <= set(seen)


def test_a_page_is_25_items_unless_told(alone: Api) -> None:
    for number in range(26):
        _write(alone, str(number))
    assert len(alone.get("/read").body["Items"]) == 25


def test_an_empty_table_is_an_empty_page(alone: Api) -> None:
    assert alone.get("/read?limit=1").body == {"Items": [], "Next": None, "Region": REGION}


def test_a_page_of_the_largest_items_fits_lambdas_answer(alone: Api) -> None:
    # Quotes are what grows most in Lambda's answer, where the body is a JSON text itself.
    for number in range(4):
        body = {"ItemId": str(number), "Data": '"' * 190_000}
        assert alone.write(json.dumps(body)).status == 200
    answer = alone.get("/read?limit=100")
    assert answer.body["Next"] is not None
    assert len(json.dumps(answer.text)) < 6 * 1024 * 1024
    assert sum(len(page) for page in _pages(alone, 100)) == 4


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(item_id=st.text(min_size=1, max_size=50), data=st.data())
def test_an_altered_token_is_refused(client: Api, item_id: str, data: st.DataObject) -> None:
    token = tokens.encode(item_id)
    assert tokens.decode(token) == item_id
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("Aa0_-=+/ ").filter(lambda symbol: symbol != token[at]))
    for altered in (token[:at] + other + token[at + 1 :], token[:at], token + other):
        escaped = altered.replace("+", "%2B").replace(" ", "%20")
        answer = client.get(f"/read?next={escaped}")
        assert answer.status == 400, altered
        assert "leave next out" in answer.body["Message"]


def test_each_request_is_one_line_without_data_or_keys(
    client: Api, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    caplog.clear()
    client.write(json.dumps({"ItemId": "the-secret-key", "Data": "the-secret-data"}))
    client.read("the-secret-key")
    client.get("/read?the-secret-parameter=1")
    client.write('{"ItemId": "the-secret-key", "the-secret-field": 1}')
    lines = [vars(record) for record in caplog.records if record.name.startswith("chalicelib")]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("POST", "/write", 200),
        ("GET", "/read", 200),
        ("GET", "/read", 400),
        ("POST", "/write", 400),
    ]
    for line in lines:
        assert line["region"] == REGION
        assert (line["function"], line["version"]) == ("api_handler", "$LATEST")
        assert line["request_id"]
        assert 0 < line["duration_ms"] < 10_000
    assert "the-secret" not in repr([vars(record) for record in caplog.records])


def test_the_line_of_an_error_has_the_id_that_its_client_was_told(
    client: Api, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    told = client.get("/read?limit=x").body["RequestId"]
    assert vars(caplog.records[-1])["request_id"] == told


def test_nothing_is_printed_twice() -> None:
    assert api.app.log.handlers == []
    assert api.app.log.propagate


def test_the_app_loads_without_a_table_credentials_or_network() -> None:
    # An address that answers nothing would hold an import that asks the network for credentials.
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "import socket; socket.socket.connect = None; import app; print(*app.app.routes)",
        ],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "AWS_CONFIG_FILE": "/nowhere",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert run.stdout.strip() == "/ /read /write", run.stderr


def test_an_item_that_something_else_wrote_is_shown_as_the_table_has_it(
    environment: pytest.MonkeyPatch, client: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    del environment
    name = make_table()
    monkeypatch.setattr(api, "items", Table(name))
    attributes: dict[str, Any] = {"ItemId": {"S": "foreign"}, "Count": {"N": "12"}}
    boto3.client("dynamodb", region_name=REGION).put_item(TableName=name, Item=attributes)

    page = client.get("/read?limit=1")
    assert page.status == 200, "health checks ask for this"
    shown = {"ItemId": "foreign", "Data": attributes, "WrittenAt": None, "WrittenIn": None}
    assert page.body["Items"] == [shown]
    assert client.read("foreign").body["Item"] == shown
