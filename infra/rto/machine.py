"""The settings as JSON, for machines."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from infra.rto.model import World
from infra.rto.table import SHARES, Row


def document(table: Sequence[Row], world: World) -> dict[str, Any]:
    """Return everything, as JSON can hold it."""
    return {
        "world": asdict(world),
        "settings": [
            {
                "interval": row.choice.interval,
                "threshold": row.choice.threshold,
                "record": "CNAME" if row.choice.ttl is not None else "alias",
                "ttl": row.choice.setting.ttl,
                "default": row.default,
                "detection": {name: round(row.detection(s), 2) for name, s in SHARES.items()},
                "outage": {name: round(row.outage(s), 2) for name, s in SHARES.items()},
                "promised": asdict(row.promised),
                "beyond": row.beyond,
                "usd_a_month": {
                    "health_checks": round(row.checks, 2),
                    "queries_of_a_resolver": round(row.queries, 2),
                },
                "measured": [asdict(run) for run in row.measured],
            }
            for row in table
        ],
    }
