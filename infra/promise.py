"""What a configuration promises: the ranges in which a recovery must fall.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
gives the limits of a check (4 s to connect, 2 s more to answer); the API reference counts the
interval from an answer to the next request
(https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html).
"""

from dataclasses import dataclass, replace

# A checker waits so long for a connection, then so long for the answer.
CONNECT_SECONDS = 4.0
ANSWER_SECONDS = 2.0
_CHECK_SECONDS = CONNECT_SECONDS + ANSWER_SECONDS

# An endpoint is healthy while more than this share of its checkers say so.
HEALTHY_ABOVE = 0.18

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


# How long a request of a checker may take, whatever becomes of it.
_ANY_CHECK = Range(0.0, _CHECK_SECONDS)
# How long one takes to fail: nothing is heard, or no answer on an open connection, or at once a
# wrong one (an answer that came later than that would be none).
UNREACHABLE = Range(CONNECT_SECONDS, _CHECK_SECONDS)
UNANSWERED = Range(ANSWER_SECONDS, _CHECK_SECONDS)
ANSWERED = Range(0.0, ANSWER_SECONDS)


@dataclass(frozen=True, slots=True)
class Promise:
    """What follows from a health check and a record's TTL.

    Attributes:
        interval: seconds between a checker's requests.
        threshold: failures, or successes, in a row that change its mind.
        ttl: seconds for which a resolver may keep the answer.
        failing: seconds that a checker's request takes to fail; anything, unless the fault is
            known.
    """

    interval: float
    threshold: int
    ttl: float
    failing: Range = _ANY_CHECK

    def when_failing(self, seconds: Range) -> "Promise":
        """Return the promise for a fault that fails a checker's request in so many seconds."""
        return replace(self, failing=seconds)

    @property
    def detection(self) -> Range:
        """From the loss of a region to an unhealthy check."""
        return self._turned_by(self.failing)

    @property
    def recognition(self) -> Range:
        """From the return of a region to a healthy check."""
        return self._turned_by(_ANY_CHECK)

    @property
    def outage(self) -> Range:
        """From the loss of a region to a client's first answer from the other."""
        return Range(self.detection.low, self.detection.high + self.ttl)

    @property
    def failback(self) -> Range:
        """From the return of a region to a client's first answer from it."""
        return Range(self.recognition.low, self.recognition.high + self.ttl)

    @property
    def unnoticed(self) -> float:
        """A loss of so many seconds turns no health check.

        Short of what the threshold takes, no checker changes its mind; where one failure is
        enough, no more do than ask within half an interval.
        """
        return 0.8 * (self.threshold - 1) * self.interval or self.interval / 2

    def _turned_by(self, request: Range) -> Range:
        """How long a checker takes to change its mind, when each request takes so long.

        At best the first request ends as the region turns, and the rest follow an interval after
        one another; at worst one was answered just before, and an interval precedes the first.
        """
        return Range(
            (self.threshold - 1) * (self.interval + request.low),
            self.threshold * (self.interval + request.high),
        )
