"""What a release writes into an alias is read back, by whatever machine goes on with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.releases.marks import Mark, Step

numbers = st.integers(1, 10**6).map(str)
words = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=64)
sentences = st.lists(words, max_size=6).map(" ".join)


@given(st.sampled_from(Step), numbers, numbers, words, sentences)
def test_a_mark_is_read_back(step: Step, old: str, new: str, by: str, why: str) -> None:
    mark = Mark(step, old, new, "20261125T031500Z", by.rstrip(":") or "x", why)
    text = str(mark)
    assert len(text) <= 256
    found = Mark.parse(text)
    assert found is not None
    assert (found.step, found.old, found.new, found.release) == (step, old, new, mark.release)
    assert found.by == mark.by
    assert why.startswith(found.why)


def test_a_mark_is_one_that_a_person_can_read() -> None:
    mark = Mark(Step.ROLLED_BACK, "12", "13", "20261125T031500Z", "ann@host", "p99 is\n1500 ms")
    assert str(mark) == (
        "rolled back: 12 to 13, release 20261125T031500Z by ann@host: p99 is 1500 ms"
    )


def test_who_drives_it_is_one_word_whatever_the_machine_is_called() -> None:
    mark = Mark(Step.CANARY, "1", "2", "r", "Ann Other@a host", "")
    assert "by Ann_Other@a_host" in str(mark)
    assert Mark.parse(str(mark)) is not None


@pytest.mark.parametrize("text", ["", "production", "canary: a to b, release r by c"])
def test_a_description_of_somebody_elses_is_no_mark(text: str) -> None:
    assert Mark.parse(text) is None


@pytest.mark.parametrize(
    ("step", "under_way"),
    [
        (Step.WAITING, True),
        (Step.CANARY, True),
        (Step.PROMOTED, True),
        (Step.RELEASED, False),
        (Step.ROLLED_BACK, False),
    ],
)
def test_a_release_is_under_way_until_it_has_ended(step: Step, under_way: bool) -> None:  # noqa: FBT001 -- a case
    assert Mark(step, "1", "2", "r", "x").under_way is under_way
