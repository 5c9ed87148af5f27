"""Many clients through many losses of a region, all at once: numpy instead of a rehearsal.

It does what the rehearsal's parts do, and a test holds the two together by their quantiles:

- checkers, infra/rehearsal/route53/checkers.py: each asks an interval after its last answer, on a
  phase of its own, and turns after as many failures in a row as the threshold; the endpoint is
  unhealthy once no more than 18 % of them still pass;
- resolvers, infra/traffic/resolver.py: an answer is kept for its TTL, and was of any age when the
  region was lost;
- clients, infra/traffic/client.py: a write and a read in turn, the next at their pace or when the
  last was given up; a client is back once both have succeeded.
"""

import enum
import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from infra.promise import ANSWER_SECONDS, CONNECT_SECONDS, HEALTHY_ABOVE

Seconds = NDArray[np.float64]

# Ten clients live through each loss.
_CLIENTS_A_LOSS = 10


class Failure(enum.StrEnum):
    """What becomes of a request to the region that is lost."""

    BLACKHOLE = "blackhole"
    FAST = "fast"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a user decides.

    Attributes:
        interval: seconds from an answer to a checker's next request.
        threshold: failures in a row that change its mind.
        ttl: seconds for which a resolver keeps an answer.
    """

    interval: float
    threshold: int
    ttl: float


@dataclass(frozen=True, slots=True)
class World:
    """What a user does not decide.

    Attributes:
        failure: BLACKHOLE: no packet comes back. FAST: connections are refused, or answered 5xx.
        checkers: how many ask an endpoint.
        publication: seconds from an unhealthy check to the first answer of the standby.
        pace: seconds from one request of a client to its next.
        timeout: seconds after which a client gives a request up.
        answer: seconds that an answer takes, also one that is a failure.
    """

    failure: Failure = Failure.BLACKHOLE
    checkers: int = 16
    publication: float = 0.0
    pace: float = 0.5
    timeout: float = 3.0
    answer: float = 0.1

    @property
    def step(self) -> float:
        """Seconds from one request of a client to its next while the region is lost."""
        waited = self.timeout if self.failure is Failure.BLACKHOLE else self.answer
        return max(self.pace, waited)


def detections(setting: Setting, world: World, losses: int, seed: int) -> Seconds:
    """Return the seconds from the loss to an unhealthy check, of so many losses."""
    apart = setting.interval + _failing_seconds(world)
    found: Seconds = _first_failures(setting.interval, world, losses, seed)
    return found + (setting.threshold - 1) * apart


@functools.lru_cache(maxsize=4)
def _first_failures(interval: float, world: World, losses: int, seed: int) -> Seconds:
    """Return when so many checkers have failed once that the endpoint would be unhealthy."""
    chance = np.random.default_rng([seed, 0])
    cycle = interval + world.answer
    # How long ago each checker sent its last request: they don't coordinate with one another.
    since = chance.uniform(0, cycle, (losses, world.checkers))
    failed = cycle - since + _failing_seconds(world)
    if world.failure is Failure.BLACKHOLE:
        # One that was under way has its connection, and waits for the answer alone.
        failed = np.where(since < world.answer, ANSWER_SECONDS - since, failed)
    needed = failures_needed(world.checkers)
    found: Seconds = np.partition(failed, needed - 1, axis=1)[:, needed - 1].copy()
    return found


def _failing_seconds(world: World) -> float:
    """Return how long a checker's request takes to fail."""
    return CONNECT_SECONDS if world.failure is Failure.BLACKHOLE else world.answer


def failures_needed(checkers: int) -> int:
    """Return how many checkers must fail before no more than 18 % of them pass."""
    return next(n for n in range(checkers + 1) if not checkers - n > HEALTHY_ABOVE * checkers)


def outages(
    setting: Setting, world: World, detected: Seconds, chance: np.random.Generator
) -> Seconds:
    """Return the seconds for which clients were without the API, ten for each loss.

    As infra/measure/clients.py counts: from the loss until both a write and a read have succeeded.
    """
    switched = np.repeat(detected + world.publication, _CLIENTS_A_LOSS)
    since_request = chance.uniform(0, world.pace, switched.size)
    first, step = _first_request(since_request, world), world.step
    # A resolver asks again with the first request after the TTL has passed, so the last of its
    # questions was with one of so many requests.
    kept = max(1, math.ceil(setting.ttl / world.pace))
    age = since_request + world.pace * chance.integers(0, kept, switched.size)
    asked = first + step * _steps(setting.ttl - age - first, step)
    again = step * max(1, math.ceil(setting.ttl / step))
    moved = asked + again * _steps(switched - asked, again)
    return moved + max(world.pace, world.answer) + world.answer


@dataclass(frozen=True, slots=True)
class Simulation:
    """What became of many clients under one setting.

    Attributes:
        setting: the setting.
        detections: seconds from each loss to an unhealthy check, sorted.
        outages: seconds for which each client was without the API, sorted.
    """

    setting: Setting
    detections: Seconds
    outages: Seconds


def simulate(setting: Setting, world: World, clients: int = 1_000_000, seed: int = 1) -> Simulation:
    """Return what becomes of so many clients, ten of which live through each loss.

    The same arguments give the same numbers. Settings that share an interval share their checkers'
    phases, so that they differ by what they are and not by chance.
    """
    detected = detections(setting, world, max(1, clients // _CLIENTS_A_LOSS), seed)
    waited = outages(setting, world, detected, np.random.default_rng([seed, 1]))
    return Simulation(setting, np.sort(detected), np.sort(waited))


def quantile(ordered: Seconds, share: float) -> float:
    """Return the smallest of sorted values that at least a share of them do not exceed."""
    return float(ordered[max(0, math.ceil(share * ordered.size) - 1)])


def _first_request(since_request: Seconds, world: World) -> Seconds:
    """Return when clients send their first request after the loss."""
    if world.failure is Failure.FAST:
        return world.pace - since_request
    # One that was under way is not answered any more.
    return np.where(since_request < world.answer, world.step, world.pace) - since_request


def _steps(distance: Seconds, step: float) -> Seconds:
    """Return how many steps reach at least so far; none where it is behind."""
    found: Seconds = np.maximum(0, np.ceil(distance / step))
    return found
