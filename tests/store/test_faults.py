"""When a table fails, the app's client ends as boto3's does, and where it can do better it does."""

import pytest

from tests.store import scripted
from tests.store.conftest import PairAt
from tests.store.scripted import Reply, answer, error, half, reset, slow

_GOOD = answer({"Item": {"ItemId": {"S": "x"}, "Data": {"S": "1"}}})
_HTML = b"<html><body>Bad gateway</body></html>"

# What comes before the good answer, or instead of it.
_FAULTS: dict[str, Reply] = {
    "reset": reset,
    "half an answer": half(_GOOD),
    "500": error("InternalServerError", 500),
    "503 from a proxy": answer(_HTML, status=503, Content_Type="text/html"),
    "empty 500": answer(b"", status=500),
    "throttled": error("ProvisionedThroughputExceededException"),
    "throttled, on demand": error("ThrottlingException"),
    "out of requests": error("RequestLimitExceeded"),
    "wrong checksum": answer({"Item": {}}, crc32=1),
}
_REFUSALS = {
    "denied": error("AccessDeniedException"),
    "unknown table": error("ResourceNotFoundException"),
    "not valid": error("ValidationException"),
    "too many": answer({"message": "no type"}, status=413),
    "not found, no JSON": answer(_HTML, status=404),
    "condition failed": error("ConditionalCheckFailedException", Item={"ItemId": {"S": "x"}}),
}
each_fault = pytest.mark.parametrize("fault", _FAULTS.values(), ids=_FAULTS)


@each_fault
def test_one_fault_is_overcome_by_a_second_try(fault: Reply, pair_at: PairAt) -> None:
    for client in ("lean", "boto3"):
        with scripted.table(fault, _GOOD) as table:
            outcome = getattr(pair_at(table.url), client).call("GetItem", {})
        assert outcome.answer == {"Item": {"ItemId": {"S": "x"}, "Data": {"S": "1"}}}, client
        assert len(table.requests) == 2, client


# A lasting wrong checksum is what boto3 gives out at last: test_recovery.py has it.
_COMPARED = {name: fault for name, fault in _FAULTS.items() if name != "wrong checksum"}


@pytest.mark.usefixtures("in_time")
def test_a_slow_answer_is_overcome_by_a_second_try(pair_at: PairAt) -> None:
    for client in ("lean", "boto3"):
        with scripted.table(slow(_GOOD, 2), _GOOD) as table:
            outcome = getattr(pair_at(table.url), client).call("GetItem", {})
        assert outcome.answer, client
        assert len(table.requests) == 2, client


@pytest.mark.parametrize("fault", _COMPARED.values(), ids=_COMPARED)
def test_a_lasting_fault_ends_alike_after_three_tries(fault: Reply, pair_at: PairAt) -> None:
    outcomes = []
    for client in ("lean", "boto3"):
        with scripted.table(fault) as table:
            outcomes.append(getattr(pair_at(table.url), client).call("GetItem", {}))
        assert len(table.requests) == 3, client
    assert outcomes[0] == outcomes[1]
    assert outcomes[0].answer is None


@pytest.mark.parametrize("refusal", _REFUSALS.values(), ids=_REFUSALS)
def test_a_refusal_is_final(refusal: Reply, pair_at: PairAt) -> None:
    with scripted.table(refusal) as table:
        outcome = pair_at(table.url).call("PutItem")
    assert outcome.code
    assert len(table.requests) == 2  # one of each client
