"""What a release asks of a new version before any client does: answered, and changing nothing."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

import app as api
from chalicelib.records import Item
from infra.releases import probes
from infra.releases.functions import Alias, Functions, Reply
from tests.api.conftest import REGION, Api


class InProcess(Functions):
    """Functions that run in this process: version 7 serves, 8 is new."""

    def alias(self, kind: str) -> Alias:
        return Alias(kind, self.region, "7", {}, None, "any")

    def invoke(self, kind: str, qualifier: str, event: Mapping[str, Any]) -> Reply:
        context = type("Context", (), {"function_name": kind, "function_version": qualifier})()
        answer = api.app(json.loads(json.dumps(event)), context)
        self.answers.append((kind, qualifier, answer["statusCode"]))
        return Reply(answer["statusCode"], answer["body"])

    @property
    def answers(self) -> list[tuple[str, str, int]]:
        """Who was asked, which version of it, and what it answered."""
        return vars(self).setdefault("_answers", [])  # type: ignore[no-any-return] # of vars


@pytest.fixture
def functions(alone: Api) -> InProcess:
    """The new version, on a table of its own."""
    del alone
    return InProcess("any", REGION)


def test_the_reader_lists(functions: InProcess) -> None:
    assert probes.problem(functions, "read", "8", 2) is None
    assert functions.answers == [("read", "8", 200)] * 2


def test_the_writer_is_asked_to_create_what_is_there(alone: Api, functions: InProcess) -> None:
    data = '{"a": 1e400, "b": [-0.0, "\\ud83d"], "Data":  "x"}'
    alone.write(f'{{"ItemId": "with \\"Data\\": in it", "Data": {data}}}')
    before = alone.get("/read?limit=100").text

    assert probes.problem(functions, "write", "8", 2) is None

    assert functions.answers == [("read", "7", 200), ("write", "8", 412), ("write", "8", 412)]
    assert alone.get("/read?limit=100").text == before


def test_the_writer_of_an_empty_table_refuses_a_body(alone: Api, functions: InProcess) -> None:
    assert probes.problem(functions, "write", "8", 1) is None
    assert functions.answers == [("read", "7", 200), ("write", "8", 400)]
    assert alone.get("/read").body["Items"] == []


def test_a_writer_so_bad_that_it_writes_would_write_the_same(
    alone: Api, functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = '{"b": [-0.0, 1e400],  "a": 12345678901234567890123456789012345678901}'
    alone.write(f'{{"ItemId": "one", "Data": {data}}}')
    put = api.items.put

    def overwrite(item_id: str, data: str, **_: bool) -> Item:
        return put(item_id, data, create_only=False)

    monkeypatch.setattr(api.items, "put", overwrite)
    assert probes.problem(functions, "write", "8", 1) is None
    assert functions.answers[-1] == ("write", "8", 200)
    assert alone.data("one") == data


def test_a_version_without_its_table_is_found_out(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "items", type(api.items)("absent"))
    told = probes.problem(functions, "read", "8", 2)
    assert told is not None
    assert told.startswith("answered 503 in probe 1 of 2: ")
