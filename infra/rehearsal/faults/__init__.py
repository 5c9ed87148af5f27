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


def parse(text: str) -> Fault[Scene]:
    """Return the fault that is all those of a list of names, such as "slow,5xx", at once.

    Raises:
        InfraError: there is none of a name, or one is named twice.
    """
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in FAULTS:
            raise InfraError(f"there is no fault {name!r}{_instead(name)}")
        if names.count(name) > 1:
            raise InfraError(f"the fault {name!r} is named twice: once is all of it")
    return combined([FAULTS[name] for name in names])


def _instead(name: str) -> str:
    close = difflib.get_close_matches(name, FAULTS, n=1)
    return f": did you mean {close[0]!r}?" if close else f": use {', '.join(FAULTS)}"
