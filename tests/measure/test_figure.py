"""What a figure makes of many values."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.measure.figure import quantile


@pytest.mark.parametrize(
    ("share", "value"), [(0.0, 1), (0.5, 2), (0.51, 3), (0.75, 3), (0.99, 4), (1.0, 4)]
)
def test_quantiles_of_four_values(share: float, value: float) -> None:
    assert quantile([4, 1, 3, 2], share) == value


@given(
    waits=st.lists(st.integers(0, 1000), min_size=1),
    share=st.integers(1, 100).map(lambda n: n / 100),
)
def test_a_quantile_is_the_least_value_that_the_share_does_not_exceed(
    waits: list[int], share: float
) -> None:
    found = quantile(waits, share)
    assert found in waits
    needed = math.ceil(share * len(waits))
    assert sum(w <= found for w in waits if found is not None) >= needed
    assert sum(w < found for w in waits if found is not None) < needed


def test_no_value_has_no_quantile_and_an_endless_wait_has_no_length() -> None:
    assert quantile([], 0.5) is None
    assert quantile([1, math.inf], 1.0) is None
    assert quantile([1, math.inf], 0.5) == 1
