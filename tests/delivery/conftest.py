"""Two bootstrapped accounts for the whole session; tests keep apart by their states' names."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from infra.rehearsal import emulator as emulators
from tests.delivery.accounts import Account, account
from tests.delivery.delivered import Delivered
from tests.delivery.delivered import delivered as deliver
from tests.delivery.guarded import Guarded
from tests.delivery.guarded import bootstrapped as bootstrap


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Future[Account]]:
    """An account that is bootstrapped whole while other tests run.

    The provider watches a new lifecycle for 50 s.
    """

    def applied() -> Account:
        made.bootstrap.apply()
        return made

    with emulators.running() as emulator, ThreadPoolExecutor() as pool:
        made = account(emulator, tmp_path_factory.mktemp("whole"), lifecycle=True)
        made.environment["TF_VAR_lock_table"] = "false"
        yield pool.submit(applied)


@pytest.fixture(scope="session")
def bootstrapped(
    whole: Future[Account], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Account]:
    """An account after the bootstrap's first apply, whose state is beside it still."""
    del whole  # it takes long, and so it is begun now
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
