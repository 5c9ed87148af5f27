"""Two bootstrapped accounts for the whole session; tests keep apart by their states' names."""

from collections.abc import Iterator

import pytest

from infra.rehearsal import emulator as emulators
from tests.delivery.accounts import Account, account
from tests.delivery.delivered import Delivered
from tests.delivery.delivered import delivered as deliver
from tests.delivery.guarded import Guarded
from tests.delivery.guarded import bootstrapped as bootstrap


@pytest.fixture(scope="session")
def bootstrapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """An account after the bootstrap's first apply, whose state is beside it still."""
    with emulators.running() as emulator:
        made = account(emulator, tmp_path_factory.mktemp("account"), lifecycle=False)
        made.bootstrap.apply()
        yield made


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """One that enforces IAM."""
    with bootstrap(tmp_path_factory.mktemp("guarded")) as made:
        yield made


@pytest.fixture(scope="session")
def delivered(guarded: Guarded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Delivered]:
    """The stack in that account, delivered by the workflows' own steps."""
    with deliver(guarded, tmp_path_factory.mktemp("runners")) as made:
        yield made
