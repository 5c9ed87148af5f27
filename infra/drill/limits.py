"""What a drill can't show: told with every report, and the table of docs/drill.md."""

from infra.report import Limit

LIMITS = (
    Limit(
        "A region that is lost takes everything in it with it",
        "one thing in it is changed: the rest of it works",
    ),
    Limit(
        "A region that is lost also stops replicating what it had just acknowledged",
        "replication goes on: its lag is that of a quiet day",
    ),
    Limit(
        "A write is in the other region some time before anybody sees it there",
        "strongly consistent reads look for each four times a second: an upper bound",
    ),
    Limit(
        "Route 53 tells nobody to the second when a health check turns",
        "its checkers' last results every ten seconds, and DNS four times a second",
    ),
    Limit("Clients are everywhere", "all are here, behind this machine's resolver"),
    Limit(
        "Resolvers, browsers and connection pools may keep an address for longer than its TTL",
        "clients honour TTLs and connect anew",
    ),
    Limit(
        "The standby gets all of the traffic at once", "it gets its usual, and a few more clients"
    ),
)
