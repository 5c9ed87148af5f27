"""Copies of a SnapStart snapshot share nothing that must differ."""

import sys
from collections.abc import Callable
from types import ModuleType

import pytest

from chalicelib import snapshots, table
from tests.store import scripted
from tests.store.scripted import answer


@pytest.fixture
def restored(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """What Lambda would call after a restore."""
    hooks: list[Callable[[], None]] = []
    monkeypatch.setattr(snapshots, "register_after_restore", hooks.append)
    return hooks


def test_a_copy_opens_its_own_connection_and_loads_its_own_credentials(
    restored: list[Callable[[], None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with scripted.table(answer({"Items": []})) as served:
        monkeypatch.setenv("AWS_ENDPOINT_URL", served.url)
        items = table.Table("items")
        items.page(1, after=None, consistent=False)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-the-copy")
        for hook in restored:
            hook()
        items.page(1, after=None, consistent=False)
    assert served.connections == 2
    assert "Credential=test/" in served.requests[0].headers["authorization"]
    assert "Credential=of-the-copy/" in served.requests[1].headers["authorization"]


def test_nothing_is_opened_or_loaded_before_the_first_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with scripted.table(answer({"Items": []})) as served:
        monkeypatch.setenv("AWS_ENDPOINT_URL", served.url)
        items = table.Table("items")
        assert served.connections == 0
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "late")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "late")
        assert items.page(1, after=None, consistent=False).items == []


def test_lambdas_hook_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    hooks: list[Callable[[], None]] = []
    lambdas = ModuleType("snapshot_restore_py")
    lambdas.register_after_restore = hooks.append  # type: ignore[attr-defined] # as Lambda's has
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", lambdas)
    monkeypatch.delitem(sys.modules, "chalicelib.snapshots")
    from chalicelib.snapshots import after_restore  # noqa: PLC0415 -- imported as Lambda does

    after_restore(print)
    assert hooks == [print]
