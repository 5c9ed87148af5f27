"""One health check request: connect, ask, judge the answer.

Limits and rules, except where a line says otherwise:
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
"""

import asyncio
import http
import os
import socket
import ssl

from infra.clock import Clock
from infra.promise import ANSWER_SECONDS, CONNECT_SECONDS
from infra.rehearsal.route53.config import EndpointCheck

_TCP_CHECK_CONNECT_SECONDS = 10
_BODY_SECONDS = 2
_SEARCHED_BYTES = 5120
_OWN_PORTS = {"HTTP": 80, "HTTPS": 443}


class ProbeError(Exception):
    """The endpoint failed the check; the text says how, in plain words."""


async def probe(check: EndpointCheck, address: str, port: int, clock: Clock) -> None:
    """Send one request of a health check to an IP address and a port.

    TCP may take 4 simulated seconds (10 for a TCP check); TLS and the status line 2 more; the
    body, where a string is searched, 2 more. Unlike Route 53, no second TLS handshake without a
    server name is tried where the certificate lacks that name.

    Raises:
        ProbeError: the endpoint failed.
    """
    connection = await _connect(check, address, port, clock)
    if check.protocol == "TCP":
        connection.close()
        return
    try:
        await _exchange(check, connection, clock)
    except (OSError, EOFError) as error:
        raise ProbeError(f"{check.host} closed the connection before it had answered") from error
    except ValueError as error:
        raise ProbeError(f"{check.host} answered what is not HTTP: {error}") from error


async def _connect(check: EndpointCheck, address: str, port: int, clock: Clock) -> socket.socket:
    seconds = _TCP_CHECK_CONNECT_SECONDS if check.protocol == "TCP" else CONNECT_SECONDS
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        async with clock.timeout(seconds):
            await asyncio.get_running_loop().sock_connect(connection, (address, port))
    except BaseException as error:
        connection.close()
        if isinstance(error, TimeoutError):
            raise ProbeError(f"{check.host}: no TCP connection within {seconds:g} s") from error
        if isinstance(error, OSError):
            why = os.strerror(error.errno or 0)
            raise ProbeError(f"{check.host}: no TCP connection, {why}") from error
        raise
    return connection


async def _exchange(check: EndpointCheck, connection: socket.socket, clock: Clock) -> None:
    late = f"{check.host} did not answer within {ANSWER_SECONDS:g} s of connecting"
    try:
        async with clock.timeout(ANSWER_SECONDS) as limit:
            reader, writer = await _open(check, connection)
            try:
                writer.write(_request(check))
                _judge_status(check, await reader.readline())
                if check.search_string is not None:
                    late = f"{check.host} did not send the body within {_BODY_SECONDS} s"
                    now = asyncio.get_running_loop().time()
                    limit.reschedule(now + clock.real(_BODY_SECONDS))
                    _judge_body(check, check.search_string, await _body(reader))
            finally:
                # Not close(): an endpoint that is cut off would never say goodbye.
                writer.transport.abort()
    except TimeoutError as error:
        raise ProbeError(late) from error


async def _open(
    check: EndpointCheck, connection: socket.socket
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(sock=connection)
    if check.protocol == "HTTP":
        return reader, writer
    # An empty name sends none.
    name = check.fqdn if check.sni and check.fqdn else ""
    try:
        # In a step of its own: cancelled in its first moment, a connection that asyncio opens with
        # TLS stays open (SSLProtocol._start_shutdown does nothing before the handshake).
        await writer.start_tls(_TLS, server_hostname=name)
    except OSError as error:
        why = error.reason if isinstance(error, ssl.SSLError) else "it closed the connection"
        raise ProbeError(f"{check.host} failed the TLS handshake: {why}") from error
    return reader, writer


def _tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # "the endpoint must support TLS v1.0, v1.1, or v1.2": one that speaks only 1.3 fails.
    # https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html (Type)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


_TLS = _tls()


def _request(check: EndpointCheck) -> bytes:
    # https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
    # (FullyQualifiedDomainName) has the port in Host unless it is the protocol's own.
    own_port = check.port == _OWN_PORTS[check.protocol]
    host = check.host if own_port else f"{check.host}:{check.port}"
    agent = f"Amazon-Route53-Health-Check-Service (ref {check.id}; report http://amzn.to/1vsZADi)"
    return (
        f"GET {check.path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\n"
        "Accept: */*\r\nConnection: close\r\n\r\n"
    ).encode()


def _judge_status(check: EndpointCheck, line: bytes) -> None:
    if not line.endswith(b"\n"):  # a status line that was cut short says nothing
        raise EOFError
    version, _, rest = line.decode("latin-1").strip().partition(" ")
    if not version.startswith("HTTP/"):
        raise ValueError(repr(line[:40]))
    status = int(rest[:3])
    if not 200 <= status < 400:
        raise ProbeError(f"{check.host} answered {_in_words(status)}")


def _in_words(status: int) -> str:
    try:
        return f"{status} {http.HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _judge_body(check: EndpointCheck, searched: str, body: bytes) -> None:
    if searched.encode() not in body:
        raise ProbeError(
            f"{check.host} answered without {searched!r} in its first {_SEARCHED_BYTES:,} bytes"
        )


async def _body(reader: asyncio.StreamReader) -> bytes:
    headers = {}
    while line := (await reader.readline()).strip():
        name, _, value = line.partition(b":")
        headers[name.strip().lower()] = value.strip().lower()
    if headers.get(b"transfer-encoding", b"").endswith(b"chunked"):
        return await _chunks(reader)
    length = int(headers.get(b"content-length", _SEARCHED_BYTES))
    return await _up_to(reader, min(length, _SEARCHED_BYTES))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while len(body) < _SEARCHED_BYTES:
        size = int((await reader.readline()).partition(b";")[0], 16)
        if size == 0:
            break
        body += await _up_to(reader, min(size, _SEARCHED_BYTES - len(body)))
        await reader.readline()
    return body


async def _up_to(reader: asyncio.StreamReader, size: int) -> bytes:
    """Return so many bytes, or fewer where the connection ends before."""
    try:
        return await reader.readexactly(size)
    except asyncio.IncompleteReadError as error:
        return error.partial
