"""A search for a history that breaks an invariant.

Each test run makes the same search, so that CI is red for what changed and not for chance. With
HISTORIES=1000 in the environment it makes another each time, of so many. What fails is printed as
the shortest list of events that does, to be lived through again with live().
"""

import os

from hypothesis import given, note, settings
from hypothesis import strategies as st

from infra.promise import Promise
from tests.histories.history import BREAKING, HARMLESS, Event, Setting, breaches, live
from tests.rehearsal.virtual import EAST, WEST

EVENTS = st.builds(
    Event,
    start=st.integers(0, 240),
    lasts=st.integers(1, 120),
    region=st.sampled_from([EAST, WEST]),
    fault=st.sampled_from(BREAKING + HARMLESS),
)
SETTINGS = st.builds(
    Setting,
    promise=st.sampled_from([Promise(10, 3, 10), Promise(10, 1, 5), Promise(10, 2, 60)]),
    lag=st.sampled_from([0.0, 1.0, 5.0]),
    seed=st.integers(0, 99),
)


_ASKED = os.environ.get("HISTORIES")


@settings(
    derandomize=_ASKED is None,
    max_examples=int(_ASKED or 25),
    deadline=None,
    print_blob=True,
)
@given(events=st.lists(EVENTS, max_size=6), setting=SETTINGS)
def test_no_history_loses_a_write_or_leaves_clients_with_a_region_that_is_gone(
    events: list[Event], setting: Setting
) -> None:
    history = live(events, setting)
    for at, region in history.answers[::20]:
        note(f"{at:.0f} s: DNS answers {region}")
    assert breaches(history) == []
