"""Signatures are botocore's, by its own code."""

import inspect
from datetime import timedelta

import pytest
from botocore import auth, awsrequest, compat, credentials, utils
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import sigv4
from chalicelib.signature import Signer

_HEADERS = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810.Scan"}
_URL = "https://dynamodb.us-west-2.amazonaws.com/"


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("SigV4Auth", auth),
        ("ensure_unicode", compat),
        ("get_current_datetime", compat),
        ("normalize_url_path", utils),
        ("remove_dot_segments", utils),
    ],
)
def test_what_signs_is_botocores_letter_by_letter(name: str, module: object) -> None:
    ours, theirs = (inspect.getsource(getattr(each, name)) for each in (sigv4, module))
    assert ours == theirs


@pytest.mark.parametrize(
    "name",
    [
        "EMPTY_SHA256_HASH",
        "PAYLOAD_BUFFER",
        "SIGNED_HEADERS_BLACKLIST",
        "SIGV4_TIMESTAMP",
        "STREAMING_UNSIGNED_PAYLOAD_TRAILER",
        "UNSIGNED_PAYLOAD",
    ],
)
def test_its_constants_are_botocores(name: str) -> None:
    assert getattr(sigv4, name) == getattr(auth, name)


_WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


@given(body=st.binary(max_size=200), keys=st.tuples(_WORDS, _WORDS), token=st.none() | _WORDS)
def test_a_request_is_signed_as_botocore_would(
    body: bytes, keys: tuple[str, str], token: str | None
) -> None:
    environment = {"AWS_ACCESS_KEY_ID": keys[0], "AWS_SECRET_ACCESS_KEY": keys[1]}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setenv("AWS_SESSION_TOKEN", token or "")
        signer = Signer(_URL, "us-west-2")
        headers = dict(_HEADERS)
        signer.sign(headers, body)
    request = awsrequest.AWSRequest("POST", _URL, headers=_HEADERS, data=body)
    request.context["timestamp"] = headers["X-Amz-Date"]
    theirs = auth.SigV4Auth(credentials.Credentials(*keys, token), "dynamodb", "us-west-2")
    theirs._modify_request_before_signing(request)  # type: ignore[attr-defined] # noqa: SLF001 -- add_auth takes the time of day
    text = theirs.string_to_sign(request, theirs.canonical_request(request))
    signature = theirs.signature(text, request)
    assert headers["Authorization"].rpartition("Signature=")[2] == signature
    assert headers.get("X-Amz-Security-Token") == token


def test_a_signature_follows_the_clock_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    signer = Signer(_URL, "us-west-2")
    signer.clock_offset = timedelta(days=-3650)
    headers = dict(_HEADERS)
    signer.sign(headers, b"")
    day = headers["X-Amz-Date"][:8]
    assert f"/{day}/us-west-2/dynamodb/aws4_request" in headers["Authorization"]
    assert int(day[:4]) <= 2020
