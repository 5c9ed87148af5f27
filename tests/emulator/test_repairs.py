"""Each repair to the emulator is needed, and does what it is for.

When a new release of the emulator needs a repair no more, the test that it fails without it goes
red: then the repair, and its scenario, can go.
"""

import inspect
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from infra.rehearsal.emulator.repairs import REPAIRS
from tests.emulator import scenarios
from tests.emulator.cloud import Cloud

NAMES = [repair.__name__ for repair in REPAIRS]
SCENARIOS: dict[str, Callable[[Cloud], None]] = {
    name: function
    for name, function in inspect.getmembers(scenarios, inspect.isfunction)
    if function.__module__ == scenarios.__name__ and not name.startswith("_")
}


def test_every_repair_has_its_scenario() -> None:
    assert set(SCENARIOS) == set(NAMES)


@pytest.mark.parametrize("repair", NAMES)
def test_the_repaired_emulator_does_as_aws(repair: str, repaired: Cloud) -> None:
    SCENARIOS[repair](repaired)


@pytest.mark.parametrize("repair", NAMES)
def test_the_emulator_fails_without_the_repair(repair: str, unrepaired: Cloud) -> None:
    try:
        SCENARIOS[repair](unrepaired)
    except (AssertionError, ClientError, pytest.fail.Exception):
        return
    pytest.fail(f"upstream needs the repair {repair} no more: it and its scenario can go")
