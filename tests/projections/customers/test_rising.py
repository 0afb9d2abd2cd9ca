"""A direction is claimed where votes say so by more than chance, and never from a few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.customers.rising import Momentum
from projections.samples import FEWEST


@pytest.mark.parametrize(
    ("recent", "before", "direction"),
    [(4, 0, None), (0, 4, None), (5, 0, "rising"), (0, 5, "falling"), (5, 1, "steady"), (60, 40, "steady"),
     (61, 40, "rising"), (40, 61, "falling"), (0, 0, None)],
)  # fmt: skip
def test_a_direction(recent: int, before: int, direction: str | None):
    assert Momentum(recent, before).direction == direction


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_few_votes_say_nothing_and_the_answer_says_why(recent: int, before: int):
    momentum, turned = Momentum(recent, before), Momentum(before, recent)
    assert (momentum.direction is None) == (recent + before < FEWEST)
    assert (momentum.why is None) == (momentum.direction is not None)
    opposite = {"rising": "falling", "falling": "rising", "steady": "steady", None: None}
    assert turned.direction == opposite[momentum.direction]
