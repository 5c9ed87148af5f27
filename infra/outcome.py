"""What a rehearsal or a drill found, before it is measured."""

from dataclasses import dataclass, field

from infra.promise import Promise
from infra.timeline import Timeline


@dataclass
class Outcome:
    """What a run found.

    Attributes:
        promise: what the configuration promises for the fault.
        timeline: what happened.
        missing_in_standby: acknowledged writes that the standby lacked, once it had taken over
            where that is expected, else after all was healed; None if that was not reached.
        missing_in_primary: acknowledged writes that the primary lacked after all was healed.
        problems: what went wrong, in words; empty if all went well.
    """

    promise: Promise
    timeline: Timeline = field(default_factory=Timeline)
    missing_in_standby: list[str] | None = None
    missing_in_primary: list[str] | None = None
    problems: list[str] = field(default_factory=list)
