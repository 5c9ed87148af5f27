"""How long the app waits for its table: as a busy machine takes, where no test is about it."""

import pytest

from chalicelib import connection, dynamodb

# What waits how long.
_LIMITS = {
    "_CONNECT_SECONDS": connection,
    "_READ_SECONDS": connection,
    "_CALL_SECONDS": dynamodb,
}


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Much more of it than functions have; return theirs."""
    usual = {name: getattr(module, name) for name, module in _LIMITS.items()}
    for name, module in _LIMITS.items():
        monkeypatch.setattr(module, name, 60.0)
    return usual


@pytest.fixture
def in_time(patience: dict[str, float], monkeypatch: pytest.MonkeyPatch) -> None:
    """As much as functions have."""
    for name, module in _LIMITS.items():
        monkeypatch.setattr(module, name, patience[name])
