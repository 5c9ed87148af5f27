"""Which changes of names would leave clients without an answer, or with a lost region's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.operations.guard.plan import Change, Loss, blocks


@dataclass(frozen=True)
class Names:
    """Names and types of records, and where the aliases among them lead.

    Attributes:
        led_to: those that an alias of their own hosted zone leads to afterwards, or may lead to.
        kept: those that are answered afterwards, by records that need not be made for it.
    """

    led_to: frozenset[tuple[str, str]]
    kept: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, found: Sequence[Change]) -> "Names":
        """Return those of all that a plan has."""
        records = [c for c in found if c.type == "aws_route53_record" and not c.destroys]
        return cls(
            frozenset(target for change in records for target in _leads_to(change)),
            frozenset(_key(change.left) for change in records if change.before),
        )

    def reached(self, values: Mapping[str, Any]) -> bool:
        """Tell whether clients can get to records afterwards.

        A name that begins with an underscore is no host's (RFC 8552): an alias alone leads there.
        """
        key = _key(values)
        return not key[0].startswith("_") or key in self.led_to

    def answered_otherwise(self, values: Mapping[str, Any]) -> bool:
        """Tell whether a name is answered by a record that stays: a CNAME answers for all types."""
        name, kind = _key(values)
        return bool({(name, kind), (name, "CNAME")} & self.kept)


def losses(change: Change, names: Names) -> Iterator[Loss]:
    """Yield what a change of a hosted zone or a record would lose."""
    match change.type:
        case "aws_route53_zone" if change.destroys:
            yield Loss(
                change.address,
                f"the hosted zone {change.before.get('name')} would be {change.verb}, with every "
                "name in it",
                "A new one has other name servers, which the domain's registrar must be told",
            )
        case "aws_route53_record":
            yield from _record_losses(change, names)


def _record_losses(change: Change, names: Names) -> Iterator[Loss]:
    label = f"{change.before.get('name')} {change.before.get('type')}"
    # A record that routing chooses among has a set identifier.
    chosen = change.before.get("set_identifier")
    if not chosen and not any(_alias_target(change.before)):
        return
    which = f"{label} ({chosen})" if chosen else label
    if change.destroys:
        before = change.before
        if names.reached(before) if chosen else not names.answered_otherwise(before):
            yield Loss(
                change.address,
                f"the record {which} would be {change.verb}: resolvers that ask meanwhile are told "
                "there is none, and may keep that for minutes",
                "A change of domain_name or of a region does that",
            )
    elif (
        change.before.get("health_check_id")
        and not change.after.get("health_check_id")
        and not change.unknown.get("health_check_id")
    ):
        yield Loss(
            f"{change.address}.health_check_id",
            f"the record {which} would follow no health check: it would be answered although its "
            "region is lost",
            "Put its health_check_id back",
        )


def _key(values: Mapping[str, Any]) -> tuple[str, str]:
    return str(values.get("name")), str(values.get("type"))


def _alias_target(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield where a record leads, if it is an alias of a name of its own hosted zone."""
    for alias in blocks(values, "alias"):
        if alias.get("zone_id") == values.get("zone_id") and alias.get("name"):
            yield str(alias["name"]), str(values.get("type"))


def _leads_to(change: Change) -> Iterator[tuple[str, str]]:
    """Yield where an alias leads afterwards; and where it did, if that can't be told yet."""
    yield from _alias_target(change.left)
    unknown = change.unknown.get("alias")
    if unknown is True or any(block.get("name") for block in unknown or []):
        yield from _alias_target(change.before)
