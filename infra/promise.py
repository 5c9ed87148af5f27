"""What a configuration promises: the ranges in which a recovery must fall.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
gives the limits of a check (4 s to connect, 2 s more to answer); the API reference counts the
interval from an answer to the next request
(https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html).
"""

from dataclasses import dataclass

# A checker waits so long for a connection, then so long for the answer.
CONNECT_SECONDS = 4.0
ANSWER_SECONDS = 2.0
_CHECK_SECONDS = CONNECT_SECONDS + ANSWER_SECONDS

# What an alias record's answer may be kept: documented for load balancers, not for API Gateway.
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
ALIAS_TTL = 60.0


@dataclass(frozen=True, slots=True)
class Range:
    """What a figure may be, both ends included."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        """Tell whether the value lies within."""
        return self.low <= value <= self.high

    def __str__(self) -> str:
        return f"{self.low:g}" if self.low == self.high else f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True, slots=True)
class Promise:
    """What follows from a health check and a record's TTL.

    Attributes:
        interval: seconds between a checker's requests.
        threshold: failures, or successes, in a row that change its mind.
        ttl: seconds for which a resolver may keep the answer.
    """

    interval: float
    threshold: int
    ttl: float

    @property
    def detection(self) -> Range:
        """From the loss of a region to an unhealthy check, or from its return to a healthy one."""
        apart = self.threshold - 1
        return Range(
            apart * self.interval,
            self.interval + apart * (self.interval + _CHECK_SECONDS) + _CHECK_SECONDS,
        )

    @property
    def outage(self) -> Range:
        """From the loss of a region to a client's first answer from the other, or back."""
        return Range(self.detection.low, self.detection.high + self.ttl)
