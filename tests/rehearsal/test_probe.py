"""One health check request against real endpoints."""

import asyncio
import ssl
import time
from dataclasses import replace

import pytest
from aiohttp import web

from infra.clock import Clock
from infra.rehearsal.ports import free_port
from infra.rehearsal.route53.config import EndpointCheck
from infra.rehearsal.route53.probe import ProbeError, probe
from tests.rehearsal.endpoints import (
    CHECK,
    NAME,
    Handler,
    black_hole,
    endpoint,
    forbidden,
    ok,
    raw_endpoint,
    server_tls,
)

# Slow enough for a busy machine: what must pass has a second, of which it needs some hundredths.
SPEED = 2


async def outcome(check: EndpointCheck, port: int) -> str | None:
    try:
        await probe(check, "127.0.0.1", port, Clock(SPEED))
    except ProbeError as error:
        return str(error)
    return None


def outcome_of(
    handler: Handler, check: EndpointCheck | None = None, tls: ssl.SSLContext | None = None
) -> str | None:
    async def run() -> str | None:
        async with endpoint(handler, tls or server_tls()) as port:
            return await outcome(check or CHECK, port)

    return asyncio.run(run())


def answering(status: int) -> Handler:
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status)

    return handler


def saying(text: str, *, chunked: bool = False) -> Handler:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        if chunked:
            response.enable_chunked_encoding()
        else:
            response.content_length = len(text)
        await response.prepare(request)
        for start in range(0, len(text), 1000):
            await response.write(text[start : start + 1000].encode())
        await response.write_eof()
        return response

    return handler


@pytest.mark.parametrize("status", [200, 204, 301, 399])
def test_a_status_of_2xx_or_3xx_passes(status: int) -> None:
    assert outcome_of(answering(status)) is None


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_any_other_status_fails(status: int) -> None:
    assert str(outcome_of(answering(status))).startswith(f"{NAME} answered {status} ")


def test_a_refusal_is_told_in_plain_words() -> None:
    assert outcome_of(forbidden) == f"{NAME} answered 403 Forbidden"


def test_a_certificate_of_another_name_and_authority_passes() -> None:
    assert outcome_of(ok, tls=server_tls("elsewhere.example.org")) is None


def test_an_endpoint_that_speaks_only_tls_1_3_fails() -> None:
    tls = server_tls()
    tls.minimum_version = ssl.TLSVersion.TLSv1_3
    assert "TLS handshake" in str(outcome_of(ok, tls=tls))


@pytest.mark.parametrize(
    ("port", "host"), [(443, NAME), (8443, f"{NAME}:8443")], ids=["own port", "another port"]
)
def test_the_request_carries_the_path_and_the_name_as_host(port: int, host: str) -> None:
    seen: list[tuple[str, str, str]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        seen.append((request.path_qs, request.headers["Host"], request.headers["User-Agent"]))
        return web.Response()

    assert outcome_of(handler, replace(CHECK, port=port)) is None
    [(path, seen_host, agent)] = seen
    assert (path, seen_host) == ("/read?limit=1", host)
    assert agent.startswith("Amazon-Route53-Health-Check-Service (ref check;")


@pytest.mark.parametrize(("sni", "sent"), [(True, NAME), (False, None)])
def test_the_name_is_sent_in_the_tls_handshake_where_the_check_says_so(
    *, sni: bool, sent: str | None
) -> None:
    names: list[str | None] = []
    tls = server_tls()
    tls.sni_callback = lambda _connection, name, _context: names.append(name)
    assert outcome_of(ok, replace(CHECK, sni=sni), tls) is None
    assert names == [sent]


def test_an_answer_later_than_2_s_after_connecting_fails() -> None:
    async def handler(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(3 / SPEED)
        return web.Response()

    assert outcome_of(handler) == f"{NAME} did not answer within 2 s of connecting"


def test_an_answer_within_2_s_of_connecting_passes() -> None:
    async def handler(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.8 / SPEED)
        return web.Response()

    assert outcome_of(handler) is None


def test_a_refused_connection_fails() -> None:
    assert asyncio.run(outcome(CHECK, free_port("127.0.0.1"))) == (
        f"{NAME}: no TCP connection, Connection refused"
    )


def test_a_black_hole_fails_after_4_s_without_a_connection() -> None:
    with black_hole() as port:
        start = time.monotonic()
        assert asyncio.run(outcome(CHECK, port)) == f"{NAME}: no TCP connection within 4 s"
        assert 4 <= SPEED * (time.monotonic() - start) < 6


def test_an_endpoint_that_hangs_up_in_the_tls_handshake_fails() -> None:
    async def run() -> str | None:
        async with raw_endpoint(b"") as port:
            return await outcome(CHECK, port)

    assert asyncio.run(run()) == f"{NAME} failed the TLS handshake: it closed the connection"


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 soon\r\n", b"x" * 70_000])
def test_an_answer_that_is_not_http_fails(said: bytes) -> None:
    async def run() -> str | None:
        async with raw_endpoint(said) as port:
            return await outcome(replace(CHECK, protocol="HTTP"), port)

    assert "not HTTP" in str(asyncio.run(run()))


def test_an_endpoint_that_hangs_up_instead_of_answering_fails() -> None:
    async def run() -> str | None:
        async with raw_endpoint(b"") as port:
            return await outcome(replace(CHECK, protocol="HTTP"), port)

    assert asyncio.run(run()) == f"{NAME} closed the connection before it had answered"


def test_a_tcp_check_needs_a_connection_only() -> None:
    async def run() -> str | None:
        async with raw_endpoint(b"anything") as port:
            return await outcome(replace(CHECK, protocol="TCP"), port)

    assert asyncio.run(run()) is None


@pytest.mark.parametrize("chunked", [True, False])
def test_a_searched_string_within_the_first_5120_bytes_passes(*, chunked: bool) -> None:
    check = replace(CHECK, search_string="healthy")
    assert outcome_of(saying("x" * 5113 + "healthy", chunked=chunked), check) is None


@pytest.mark.parametrize("chunked", [True, False])
def test_a_searched_string_that_ends_after_the_first_5120_bytes_fails(*, chunked: bool) -> None:
    check = replace(CHECK, search_string="healthy")
    assert outcome_of(saying("x" * 5114 + "healthy", chunked=chunked), check) == (
        f"{NAME} answered without 'healthy' in its first 5,120 bytes"
    )


def test_a_searched_string_in_the_wrong_case_fails() -> None:
    assert outcome_of(saying("HEALTHY"), replace(CHECK, search_string="healthy")) is not None


def test_a_searched_body_may_take_2_s_more_than_the_status() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(1.2 / SPEED)
        response = web.StreamResponse()
        response.content_length = 7
        await response.prepare(request)
        await asyncio.sleep(1.2 / SPEED)
        await response.write(b"healthy")
        return response

    assert outcome_of(handler, replace(CHECK, search_string="healthy")) is None


def test_a_searched_body_later_than_2_s_after_the_status_fails() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = 7
        await response.prepare(request)
        await asyncio.sleep(3 / SPEED)
        return response

    assert outcome_of(handler, replace(CHECK, search_string="healthy")) == (
        f"{NAME} did not send the body within 2 s"
    )
