"""What a rehearsal can't show: told with every report, and the table of docs/emulator.md."""

from infra.report import Limit

LIMITS = (
    Limit("DynamoDB replicates usually within a second, and says how late it is", "at once"),
    Limit(
        "Route 53 takes some time to publish a health check's change; AWS does not say how long",
        "none",
    ),
    Limit(
        "Route 53's checkers are in eight regions, how many is not published",
        "sixteen, each on its own phase",
    ),
    Limit(
        "A health check on an alarm follows the alarm's metric data", "it follows the alarm's state"
    ),
    Limit(
        "Latency routing goes by latency, measured from where resolvers are",
        "by distance, from where clients are said to be",
    ),
    Limit(
        "Functions start in hundreds of milliseconds, SnapStart or not",
        "all are started before clients begin",
    ),
    Limit(
        "IAM weighs what the organisation allows, and every condition",
        "the emulator weighs the roles' policies",
    ),
    Limit(
        "API Gateway, Lambda and WAF publish metrics and logs",
        "Lambda's metrics by version, at once; no other metrics, no access logs, WAF does nothing",
    ),
    Limit("Alarms follow their metrics", "only those on metrics that were put by an API call"),
    Limit(
        "An alias with weights chooses a version at random",
        "every tenth request goes to a version with 10 %",
    ),
    Limit("API Gateway may call a function only as the function's policy says", "it calls any"),
    Limit("AWS refuses what its documentation says it refuses", "the emulator accepts more"),
    Limit(
        "Functions run on arm64 and Python 3.13",
        "on this machine's processor and the emulator's own Python",
    ),
    Limit(
        "The Host that a function sees is the one the client asked for",
        "always the region's own name",
    ),
    Limit(
        "Resolvers and connection pools may keep an address for longer than its TTL",
        "clients honour TTLs and connect anew",
    ),
)
