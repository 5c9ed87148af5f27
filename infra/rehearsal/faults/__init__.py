"""What can go wrong with a region: one small file a fault, each a context that heals itself."""

import difflib
from types import MappingProxyType

from infra.errors import InfraError
from infra.fault import Fault, combined
from infra.rehearsal.faults import (
    bad_release,
    blackhole,
    both_regions,
    brief,
    checker_region,
    evacuation,
    flapping,
    partial,
    refused,
    reset,
    server_error,
    slow,
    table_denied,
    throttled,
    tls,
)
from infra.rehearsal.scene import Scene

FAULTS = MappingProxyType(
    {
        module.FAULT.name: module.FAULT
        for module in (
            blackhole,
            refused,
            reset,
            tls,
            server_error,
            slow,
            throttled,
            bad_release,
            table_denied,
            flapping,
            brief,
            partial,
            checker_region,
            both_regions,
        )
    }
)
# What else can be done to a region: on purpose, and while it is well.
KNOWN = MappingProxyType({**FAULTS, evacuation.FAULT.name: evacuation.FAULT})


def parse(text: str) -> Fault[Scene]:
    """Return the fault that is all those of a list of names, such as "slow,5xx", at once.

    Raises:
        InfraError: there is none of a name, one is named twice, or one goes with no other.
    """
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in KNOWN:
            raise InfraError(f"there is no fault {name!r}{_instead(name)}")
        if names.count(name) > 1:
            raise InfraError(f"the fault {name!r} is named twice: name it once")
        if name not in FAULTS and len(names) > 1:
            raise InfraError(f"{name!r} is no failure: rehearse it by itself")
    return combined([KNOWN[name] for name in names])


def _instead(name: str) -> str:
    close = difflib.get_close_matches(name, KNOWN, n=1)
    return f": did you mean {close[0]!r}?" if close else f": use {', '.join(KNOWN)}"
