"""The model says what the rehearsal's own parts do."""

import numpy as np
import pytest

from infra.rto.model import Failure, Seconds, Setting, World, quantile, simulate
from infra.traffic import client
from tests.rto.losses import lose

LOSSES = 250
# Kolmogorov and Smirnov: of so many samples, 99 in 100 have no quantile further off than this.
BAND = 1.63 / LOSSES**0.5
SHARES = (0.15, 0.3, 0.5, 0.7, 0.85)


def disagreements(measured: Seconds, modelled: Seconds) -> list[str]:
    """Return the quantiles of a sample that the model can't have given."""
    told = []
    for share in SHARES:
        found = quantile(np.sort(measured), share)
        low, high = (quantile(modelled, share + off) for off in (-BAND, BAND))
        if not low - 0.01 <= found <= high + 0.01:
            told.append(f"p{share * 100:.0f} is {found:.2f}, in the model {low:.2f} to {high:.2f}")
    return told


@pytest.mark.parametrize(
    ("setting", "world"),
    [
        (Setting(10, 3, 10), World()),
        (Setting(30, 1, 60), World()),
        (Setting(10, 2, 10), World(failure=Failure.FAST)),
        (Setting(10, 2, 5), World(checkers=5, timeout=1.5, answer=0.3)),
    ],
    ids=["default", "30 s, alias", "fails fast", "another world"],
)
def test_quantiles_of_the_model_are_those_of_real_checkers_resolvers_and_clients(
    setting: Setting, world: World
) -> None:
    losses = [lose(setting, world, seed, clients=1) for seed in range(LOSSES)]
    simulated = simulate(setting, world)
    detections = np.array([loss.detection for loss in losses])
    outages = np.array([outage for loss in losses for outage in loss.outages])
    assert np.isfinite(outages).all()
    assert disagreements(detections, simulated.detections) == []
    assert disagreements(outages, simulated.outages) == []


def test_the_model_asks_as_the_clients_of_a_rehearsal_do() -> None:
    assert (World().pace, World().timeout) == (client.PACE, client.TIMEOUT)


def test_none_of_many_losses_is_outside_what_the_model_has() -> None:
    setting, world = Setting(10, 3, 10), World()
    simulated = simulate(setting, world)
    for seed in range(100):
        loss = lose(setting, world, seed, clients=4)
        assert simulated.detections[0] <= loss.detection <= simulated.detections[-1] + 0.01
        for outage in loss.outages:
            assert simulated.outages[0] <= outage <= simulated.outages[-1] + 0.01
