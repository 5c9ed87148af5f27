"""DNS messages: from the bytes of a query to the bytes of its answer."""

import logging
from collections.abc import Callable

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from infra.rehearsal.route53.config import HostedZone
from infra.rehearsal.route53.routing import Resolution, RRset

_log = logging.getLogger(__name__)

_HEADER_BYTES = 12
_PLAIN_UDP_BYTES = 512
_TCP_BYTES = 65535
_QR_BIT = 0x80

Resolver = Callable[[str, str], Resolution]


def respond(wire: bytes, resolve: Resolver, *, datagram: bool) -> bytes | None:
    """Return the answer to a query, or None for what deserves none.

    Args:
        wire: the query as it came.
        resolve: answers a normal name and a type.
        datagram: whether the answer must fit what the asker takes in one UDP packet.
    """
    if len(wire) < _HEADER_BYTES or wire[2] & _QR_BIT:
        return None
    try:
        query = dns.message.from_wire(wire)
    except (dns.exception.DNSException, ValueError):
        return _error(wire, dns.rcode.FORMERR)
    try:
        response = _response(query, resolve)
        limit = max(query.payload, _PLAIN_UDP_BYTES) if datagram else _TCP_BYTES
        return response.to_wire(max_size=limit, prefer_truncation=True)
    except Exception:  # noqa: BLE001 -- one bad query must never end the server
        _log.exception("the DNS query %r could not be answered", query.question)
        return _error(wire, dns.rcode.SERVFAIL)


def _error(wire: bytes, rcode: dns.rcode.Rcode) -> bytes:
    response = dns.message.Message(id=int.from_bytes(wire[:2]))
    response.flags |= dns.flags.QR
    response.set_rcode(rcode)
    return response.to_wire()


def _response(query: dns.message.Message, resolve: Resolver) -> dns.message.Message:
    response = dns.message.make_response(query)
    refusal = _refusal(query)
    if refusal is not None:
        response.set_rcode(refusal)
        return response
    question = query.question[0]
    name = question.name.to_text(omit_final_dot=True).lower()
    found = resolve(name, dns.rdatatype.to_text(question.rdtype))
    response.set_rcode(found.rcode)
    if found.rcode in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
        response.flags |= dns.flags.AA
    response.answer = [_rrset(answer) for answer in found.answers]
    if found.zone is not None:
        response.authority = _soa(found.zone)
    return response


def _refusal(query: dns.message.Message) -> dns.rcode.Rcode | None:
    if query.opcode() != dns.opcode.QUERY:
        return dns.rcode.NOTIMP
    if query.edns > 0:
        return dns.rcode.BADVERS
    if len(query.question) != 1:
        return dns.rcode.FORMERR
    question = query.question[0]
    if question.rdclass != dns.rdataclass.IN:
        return dns.rcode.REFUSED
    if dns.rdatatype.is_metatype(question.rdtype):
        return dns.rcode.NOTIMP
    return None


def _rrset(answer: RRset) -> dns.rrset.RRset:
    # Route 53 takes names in values for absolute, with or without their final dot.
    return dns.rrset.from_text_list(
        dns.name.from_text(answer.name),
        answer.ttl,
        "IN",
        answer.type,
        answer.values,
        origin=dns.name.root,
        relativize=False,
    )


def _soa(zone: HostedZone) -> list[dns.rrset.RRset]:
    """Return what says for how long nothing is there: the SOA, for its minimum (RFC 2308, 3)."""
    return [
        _rrset(RRset(soa.name, soa.type, min(soa.ttl or 0, int(value.split()[-1])), (value,)))
        for soa in zone.group(zone.name, "SOA")
        for value in soa.values
    ]
