"""Data comes back exactly as it was sent, or is refused."""

import base64
import json
import uuid
from typing import Any

import pytest
from chalice.app import Chalice
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import app as api
from tests.api.conftest import Api

# A function-scoped client holds no state between examples.
_PROPERTY = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
_NUMBERS = st.from_regex(
    r"-?(0|[1-9][0-9]{0,60})(\.[0-9]{1,60})?([eE][-+]?[0-9]{1,4})?", fullmatch=True
)
_TEXTS = st.text(st.characters(), max_size=30)  # surrogates too, which json.dumps escapes


def _objects(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.dictionaries(_TEXTS, parts, max_size=4).map(
        lambda members: "{" + ", ".join(f"{json.dumps(k)} :{v}" for k, v in members.items()) + "}"
    )


# Texts rather than values: a generated number that is no Python float is what would be lost.
_JSON_TEXTS = st.recursive(
    st.one_of(
        st.sampled_from(["null", "true", "false", '""', "[]", "{}"]),
        _NUMBERS,
        _TEXTS.map(json.dumps),
        st.text(max_size=30).map(lambda text: json.dumps(text, ensure_ascii=False)),
    ),
    lambda parts: st.one_of(
        _objects(parts),
        st.lists(parts, max_size=4).map(lambda elements: "[ " + "\n,".join(elements) + "\t]"),
    ),
    max_leaves=12,
)


@_PROPERTY
@given(data=_JSON_TEXTS)
def test_any_json_comes_back_as_the_text_that_was_sent(client: Api, data: str) -> None:
    item_id = str(uuid.uuid4())
    written = client.write(f'{{"ItemId": "{item_id}", "Data": {data}}}')
    assert written.status == 200, written.text
    assert client.data(item_id) == data


@_PROPERTY
@given(item_id=st.text(min_size=1, max_size=100))
def test_an_item_is_found_by_any_id(client: Api, item_id: str) -> None:
    assert client.write(json.dumps({"ItemId": item_id, "Data": 1})).status == 200
    assert client.read(item_id).body["Item"]["ItemId"] == item_id


@pytest.mark.parametrize(
    "data",
    [
        "-0.0",
        "1e400",
        "9007199254740993",
        "12345678901234567890123456789012345678901234567890",
        "0.1000000000000000055511151231257827021181583404541015625",
        "9" * 5000,
        '"\\ud83d\\ude00 \U0001f600"',
        '"\\ud800"',
        '"\\ufffd \ufffd"',
        '"\\u0000"',
        '{"": "", "ItemId": null, "Data": {"Data": 1}}',
        "[" * 256 + "]" * 256,
        '{"a":' * 256 + "0" + "}" * 256,
        '{ "b" : 1 ,\r\n\t"a" : [ ] }',
    ],
)
def test_what_parsers_or_tables_would_change_is_kept(client: Api, item_id: str, data: str) -> None:
    written = client.write(f'\n{{"Data" : {data} , "ItemId" : "{item_id}" }} ')
    assert written.status == 200, written.text
    assert client.data(item_id) == data


def test_data_is_the_member_of_the_body_and_not_of_what_it_holds(client: Api, item_id: str) -> None:
    written = client.write(f'{{"\\u0044ata": {{"Data": 1}}, "ItemId": "{item_id}"}}')
    assert written.status == 200, written.text
    assert client.data(item_id) == '{"Data": 1}'


def test_a_page_holds_the_same_text(alone: Api) -> None:
    alone.write('{"ItemId": "x", "Data": [-0.0, 1e400]}')
    assert '"Data":[-0.0, 1e400]' in alone.get("/read").text


def _refused(client: Api, body: str | bytes) -> str:
    answer = client.write(body)
    assert answer.status == 400, answer.text
    assert answer.body["Code"] == "BadRequestError"
    message: str = answer.body["Message"]
    return message


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ("NaN", "/Data is NaN"),
        ('{"a/b": [0, -Infinity]}', "/Data/a~1b/1 is -Infinity"),
        ('{"~": [{"k": 1, "\\u006b": 2}]}', "/Data/~0/0/k is there twice"),
        ("[" * 257 + "]" * 257, "/Data/0/0/0"),
        ("[" * 100_000 + "]" * 100_000, "The body nests deeper"),
        ('{"k":' * 50_000 + "1" + "}" * 50_000, "The body nests deeper"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_its_place(
    client: Api, item_id: str, data: str, place: str
) -> None:
    message = _refused(client, f'{{"ItemId": "{item_id}", "Data": {data}}}')
    assert message.startswith(place)
    assert len(message) < 400
    assert client.read(item_id).status == 404


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "The body is empty"),
        (b"{", "The body is not JSON"),
        (b'{"ItemId": "x", "Data": 1} {}', "at line 1 column 28"),
        (b'{"ItemId": "x", "Data": 01}', "The body is not JSON"),
        (b'{"ItemId": "x", "Data": "\n"}', "The body is not JSON"),
        (b"\xef\xbb\xbf{}", "The body is not JSON"),
        (base64.b64encode(b'{"ItemId": "x", "Data": 1}'), "The body is not JSON"),
        (b'{"ItemId": "x", "Data": "\xff"}', "not UTF-8 at position 25"),
        (b'{"ItemId": "x", "Data": "\xed\xa0\x80"}', "not UTF-8 at position 25"),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"NaN", "The body is NaN"),
        (b"{}", "/ItemId is missing"),
        (b'{"Data": 1}', "/ItemId is missing"),
        (b'{"ItemId": "x"}', "/Data is missing"),
        (b'{"ItemId": "x", "data": 1}', "/data is not a known field"),
        (b'{"ItemId": "x", "Data": 1, "Data": 1}', "/Data is there twice"),
        (b'{"ItemId": 1, "Data": 1}', "/ItemId is not text"),
        (b'{"ItemId": null, "Data": 1}', "/ItemId is not text"),
        (b'{"ItemId": NaN, "Data": 1}', "/ItemId is NaN"),
        (b'{"ItemId": "", "Data": 1}', "/ItemId is 0 bytes"),
        (b'{"ItemId": "\\ud800", "Data": 1}', "/ItemId has half of a surrogate pair"),
        (json.dumps({"ItemId": "\xe9" * 1025, "Data": 1}).encode(), "/ItemId is 2050 bytes"),
    ],
)
def test_a_body_that_is_wrong_is_refused_with_what_to_send(
    client: Api, body: bytes, says: str
) -> None:
    message = _refused(client, body)
    assert says in message
    assert ": send" in message or ": choose" in message


def test_the_longest_id_is_taken(client: Api) -> None:
    item_id = "\xe9" * 1024
    assert client.write(json.dumps({"ItemId": item_id, "Data": 1})).status == 200
    assert client.read(item_id).status == 200


def _largest_data(item_id: str) -> int:
    """Return how many bytes of Data fill DynamoDB's 400 KB beside the other attributes."""
    attributes = {
        "ItemId": item_id,
        "Data": "",
        "WrittenAt": "2026-01-01T00:00:00.000000Z",
        "WrittenIn": "us-west-2",
    }
    return 400 * 1024 - sum(len(name) + len(value) for name, value in attributes.items())


def test_the_largest_item_is_taken_and_one_byte_more_is_not(client: Api, item_id: str) -> None:
    largest = _largest_data(item_id)
    for size, status in ((largest, 200), (largest + 1, 413)):
        data = '"' + "x" * (size - 2) + '"'
        answer = client.write(f'{{"ItemId": "{item_id}", "Data": {data}}}')
        assert answer.status == status, answer.text
    assert "409601 bytes and may be 409600: split Data" in answer.body["Message"]
    assert answer.body["Code"] == "PayloadTooLargeError"


def test_size_is_counted_in_bytes_of_utf8(client: Api, item_id: str) -> None:
    data = '"' + "\U0001f600" * (_largest_data(item_id) // 4 + 1) + '"'
    assert client.write(f'{{"ItemId": "{item_id}", "Data": {data}}}').status == 413


def test_the_largest_body_is_taken_and_one_byte_more_is_not(client: Api, item_id: str) -> None:
    item = f'{{"ItemId": "{item_id}", "Data": 1}}'
    for size, status in ((512 * 1024, 200), (512 * 1024 + 1, 413)):
        answer = client.write(item.ljust(size))
        assert answer.status == status, answer.text
    assert "524289 bytes and may be 524288" in answer.body["Message"]


def _post(app: Chalice, body: str | None, **more: object) -> Any:  # noqa: ANN401 -- JSON
    """Call the handler as API Gateway does, where a body is text or base64."""
    return app(
        {
            "requestContext": {
                "httpMethod": "POST",
                "resourcePath": "/write",
                "requestId": "id-from-api-gateway",
            },
            "headers": {"Content-Type": "application/json; charset=utf-8"},
            "multiValueQueryStringParameters": None,
            "pathParameters": None,
            "stageVariables": None,
            "body": body,
        }
        | more,
        None,
    )


def test_bytes_that_api_gateway_replaced_are_refused(client: Api, item_id: str) -> None:
    del client
    damaged = b'{"ItemId": "x", "Data": "\xff"}'.decode(errors="replace")
    answer = _post(api.app, damaged)
    assert answer["statusCode"] == 400
    assert "U+FFFD at character 25" in json.loads(answer["body"])["Message"]
    escaped = f'{{"ItemId": "{item_id}", "Data": "\\ufffd"}}'
    assert _post(api.app, escaped)["statusCode"] == 200


def test_a_body_in_base64_is_the_bytes_it_stands_for(client: Api, item_id: str) -> None:
    body = f'{{"ItemId": "{item_id}", "Data": "\ufffd\U0001f600"}}'.encode()
    answer = _post(api.app, base64.b64encode(body).decode(), isBase64Encoded=True)
    assert answer["statusCode"] == 200
    assert client.data(item_id) == '"\ufffd\U0001f600"'


@pytest.mark.parametrize("body", [None, "", '{"ItemId": "x", "Data": "\ud800"}'])
def test_an_event_without_usable_text_is_refused(client: Api, body: str | None) -> None:
    del client
    assert _post(api.app, body)["statusCode"] == 400


def test_the_writer_function_serves_the_same_routes(client: Api, item_id: str) -> None:
    answer = _post(api.write, f'{{"ItemId": "{item_id}", "Data": 1}}')
    assert answer["statusCode"] == 200
    assert client.data(item_id) == "1"
