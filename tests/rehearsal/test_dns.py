"""The DNS server, asked over UDP and TCP by a real client."""

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import AsyncIterator, Callable

import dns.asyncquery
import dns.edns
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.rehearsal.route53.background import Background
from infra.rehearsal.route53.config import HostedZone, RecordSet, Simple
from infra.rehearsal.route53.messages import respond
from infra.rehearsal.route53.routing import Resolution, View, resolve
from infra.rehearsal.route53.server import DnsServer

SOA = "ns-1.example.net. hostmaster.example.net. 1 7200 900 1209600 86400"
TARGET = "d-abc.execute-api.us-east-1.amazonaws.com"


def simple(name: str, kind: str, ttl: int, *values: str) -> RecordSet:
    return RecordSet(name=name, type=kind, routing=Simple(), ttl=ttl, values=values)


ZONE = HostedZone(
    "Z1",
    "example.com",
    (
        simple("example.com", "SOA", 900, SOA),
        simple("api.example.com", "CNAME", 10, TARGET),
        simple("long.example.com", "TXT", 300, *(f'"{number:0200}"' for number in range(20))),
        simple("two.example.com", "A", 30, "192.0.2.1", "192.0.2.2"),
    ),
)
VIEW = View(
    healthy=lambda _check: True,
    aws_names={TARGET: "127.0.1.1"}.get,
    region="us-east-1",
    chance=random.Random(0),  # noqa: S311 -- no secret
)


def from_zone(name: str, kind: str, _client: str = "127.0.0.1") -> Resolution:
    if name == "broken.example.com":
        raise RuntimeError("broken on purpose")
    return resolve([ZONE], name, kind, VIEW)


@contextlib.asynccontextmanager
async def serving(
    resolver: Callable[[str, str, str], Resolution] = from_zone,
) -> AsyncIterator[tuple[str, int]]:
    background = Background()
    server = DnsServer(resolver, background)
    try:
        yield await server.start("127.0.0.1", 0)
    finally:
        server.close()
        await background.stop()


def ask(query: dns.message.Message, *, tcp: bool = False) -> dns.message.Message:
    async def run() -> dns.message.Message:
        send = dns.asyncquery.tcp if tcp else dns.asyncquery.udp
        async with serving() as (host, port):
            return await send(query, host, port=port, timeout=5)

    return asyncio.run(run())


def query(name: str, kind: str = "A", *, edns: int | None = 1232) -> dns.message.Message:
    made = dns.message.make_query(name, kind, use_edns=edns is not None)
    if edns is not None:
        made.use_edns(0, payload=edns)
    return made


def texts(message: dns.message.Message) -> list[str]:
    return [line for rrset in message.answer for line in rrset.to_text().splitlines()]


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
@pytest.mark.parametrize("name", ["api.example.com", "API.Example.COM"])
def test_a_cname_and_its_address_are_answered_with_authority(name: str, *, tcp: bool) -> None:
    response = ask(query(name), tcp=tcp)
    assert [(r.name.to_text().lower(), r.ttl, r[0].to_text().lower()) for r in response.answer] == [
        ("api.example.com.", 10, f"{TARGET}."),
        (f"{TARGET}.", 60, "127.0.1.1"),
    ]
    assert response.flags & dns.flags.AA
    assert response.question[0].name.to_text(omit_final_dot=True) == name


def test_all_values_of_a_simple_record_are_answered() -> None:
    assert sorted(texts(ask(query("two.example.com")))) == [
        "two.example.com. 30 IN A 192.0.2.1",
        "two.example.com. 30 IN A 192.0.2.2",
    ]


@pytest.mark.parametrize(
    ("name", "rcode"),
    [("nowhere.example.com", dns.rcode.NXDOMAIN), ("two.example.com", dns.rcode.NOERROR)],
)
def test_absence_comes_with_the_soa_and_how_long_to_believe_it(
    name: str, rcode: dns.rcode.Rcode
) -> None:
    response = ask(query(name, "AAAA"))
    assert response.rcode() == rcode
    assert not response.answer
    [soa] = response.authority
    assert (soa.rdtype, soa.ttl) == (dns.rdatatype.SOA, 900)


def test_names_served_nowhere_here_are_refused() -> None:
    response = ask(query("www.example.org"))
    assert response.rcode() == dns.rcode.REFUSED
    assert not response.flags & dns.flags.AA


@pytest.mark.parametrize("edns", [None, 1232])
def test_an_answer_too_long_for_udp_is_truncated_and_whole_over_tcp(edns: int | None) -> None:
    truncated = ask(query("long.example.com", "TXT", edns=edns))
    assert truncated.flags & dns.flags.TC
    assert len(texts(truncated)) < 20
    assert len(texts(ask(query("long.example.com", "TXT", edns=edns), tcp=True))) == 20


def test_an_answer_that_fits_the_size_offered_by_edns_is_whole() -> None:
    response = ask(query("long.example.com", "TXT", edns=8192))
    assert not response.flags & dns.flags.TC
    assert len(texts(response)) == 20


def test_one_bad_query_does_not_end_the_server() -> None:
    async def run() -> list[int]:
        async with serving() as (host, port):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                for junk in (b"", b"x", b"\0" * 11, b"\xff" * 600, query("a.b").to_wire()[:-3]):
                    client.sendto(junk, (host, port))
            answers = [
                await dns.asyncquery.udp(query(name), host, port=port, timeout=5)
                for name in ("broken.example.com", "two.example.com")
            ]
            return [answer.rcode() for answer in answers]

    assert asyncio.run(run()) == [dns.rcode.SERVFAIL, dns.rcode.NOERROR]


def test_a_tcp_connection_carries_several_queries_and_may_stay_open_at_the_end() -> None:
    async def run() -> list[int]:
        async with serving() as (host, port):
            reader, writer = await asyncio.open_connection(host, port)
            rcodes = []
            for name in ("two.example.com", "nowhere.example.com"):
                wire = query(name).to_wire()
                writer.write(struct.pack("!H", len(wire)) + wire)
                (size,) = struct.unpack("!H", await reader.readexactly(2))
                response = dns.message.from_wire(await reader.readexactly(size))
                rcodes.append(int(response.rcode()))
        writer.close()
        return rcodes

    assert asyncio.run(run()) == [dns.rcode.NOERROR, dns.rcode.NXDOMAIN]


def test_the_resolver_learns_which_client_asks() -> None:
    clients: list[str] = []

    def resolver(name: str, kind: str, client: str) -> Resolution:
        clients.append(client)
        return from_zone(name, kind)

    async def run() -> None:
        async with serving(resolver) as (host, port):
            for send in (dns.asyncquery.udp, dns.asyncquery.tcp):
                await send(query("two.example.com"), host, port=port, timeout=5, source="127.0.0.9")

    asyncio.run(run())
    assert clients == ["127.0.0.9", "127.0.0.9"]


def rcode_of(made: dns.message.Message) -> int:
    wire = respond(made.to_wire(), from_zone, datagram=True)
    assert wire is not None
    return dns.message.from_wire(wire).rcode()


def test_what_is_no_plain_query_is_refused_by_its_kind() -> None:
    update = query("two.example.com")
    update.set_opcode(dns.opcode.NOTIFY)
    future = query("two.example.com")
    future.use_edns(1)
    assert rcode_of(update) == dns.rcode.NOTIMP
    assert rcode_of(future) == dns.rcode.BADVERS
    assert rcode_of(query("two.example.com", "ANY")) == dns.rcode.NOTIMP
    assert rcode_of(dns.message.make_query("two.example.com", "A", "CH")) == dns.rcode.REFUSED
    assert rcode_of(dns.message.Message()) == dns.rcode.FORMERR


def test_a_response_gets_no_response() -> None:
    made = dns.message.make_response(query("two.example.com"))
    assert respond(made.to_wire(), from_zone, datagram=True) is None


def test_a_query_cut_short_is_a_format_error_with_its_id() -> None:
    wire = query("two.example.com").to_wire()
    answer = respond(wire[:20], from_zone, datagram=True)
    assert answer is not None
    assert answer[:2] == wire[:2]
    assert dns.message.from_wire(answer).rcode() == dns.rcode.FORMERR


@given(wire=st.binary(max_size=100))
def test_no_bytes_make_it_raise(wire: bytes) -> None:
    respond(wire, from_zone, datagram=True)


@given(wire=st.binary(max_size=60), position=st.integers(0, 60))
def test_no_damage_to_a_query_makes_it_raise(wire: bytes, position: int) -> None:
    good = query("two.example.com").to_wire()
    respond(good[:position] + wire + good[position + len(wire) :], from_zone, datagram=True)
