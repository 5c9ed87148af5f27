"""One bootstrapped account for the whole session; tests keep apart by the names of their states."""

from collections.abc import Iterator

import pytest

from infra.rehearsal import emulator as emulators
from tests.delivery.accounts import Account, account


@pytest.fixture(scope="session")
def bootstrapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """An account after the bootstrap's first apply, whose state is beside it still."""
    with emulators.running() as emulator:
        made = account(emulator, tmp_path_factory.mktemp("account"), lifecycle=False)
        made.bootstrap.apply()
        yield made
