"""The tests that tell differences from chance, against counting every way by hand and against known values."""

import itertools
import random
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.planning import chance
from projections.planning.chance import beyond_chance, fisher, rank_sum

few = st.lists(st.integers(0, 4), min_size=1, max_size=5)


def counted(ours: list[int], theirs: list[int]) -> float:
    """Every way to share the values out, by rank."""
    together = sorted([*ours, *theirs])
    places = {value: [place for place, each in enumerate(together, 1) if each == value] for value in together}
    ranks = [sum(places[value]) / len(places[value]) for value in [*ours, *theirs]]
    seen = sum(ranks[: len(ours)])
    sums = [sum(some) for some in itertools.combinations(ranks, len(ours))]
    tails = sum(each <= seen + 1e-9 for each in sums), sum(each >= seen - 1e-9 for each in sums)
    return min(1.0, 2 * min(tails) / len(sums))


@given(few, few)
def test_the_rank_sum_test_counts_every_way_ties_and_all(ours: list[int], theirs: list[int]) -> None:
    assert rank_sum(ours, theirs) == pytest.approx(counted(ours, theirs))


@given(few, few)
def test_it_is_the_same_from_either_side_and_in_any_scale(ours: list[int], theirs: list[int]) -> None:
    assert rank_sum(ours, theirs) == pytest.approx(rank_sum(theirs, ours))
    assert rank_sum(ours, theirs) == pytest.approx(rank_sum([2**each for each in ours], [2**each for each in theirs]))


def test_known_values() -> None:
    assert rank_sum([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]) == pytest.approx(2 / comb(10, 5))
    assert fisher(1, 10, 11, 14) == pytest.approx(0.0027, abs=2e-4)  # two-sided, as in every textbook; both tails alike
    assert fisher(0, 5, 5, 5) == pytest.approx(2 / comb(10, 5))
    assert fisher(3, 6, 3, 6) == 1.0
    assert rank_sum([3.0] * 40, [3.0] * 50) == 1.0


def test_the_normal_distribution_says_nearly_the_same_where_all_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(3)
    for _ in range(20):
        ours = [dice.gauss(0, 1) for _ in range(13)]
        theirs = [dice.choice([1.0, dice.gauss(0.8, 1)]) for _ in range(15)]
        exact = rank_sum(ours, theirs)
        with monkeypatch.context() as patched:
            patched.setattr(chance, "EXACT_UP_TO", 0)
            assert rank_sum(ours, theirs) == pytest.approx(exact, abs=0.015)


def test_of_many_comparisons_of_noise_hardly_any_is_taken_for_real() -> None:
    dice = random.Random(5)
    stated = 0
    for _ in range(60):
        chances = [
            rank_sum([dice.expovariate(1) for _ in range(9)], [dice.expovariate(1) for _ in range(11)])
            for _ in range(20)
        ]
        stated += sum(beyond_chance(chances, 0.05))
    assert stated <= 6  # 60 at one in twenty each, were they not judged together


def test_what_is_real_is_told_from_the_smallest_chance_on() -> None:
    assert beyond_chance([0.04, 0.001, 0.03, 0.9], 0.05) == [False, True, False, False]
    assert beyond_chance([0.01, 0.02, 0.03, 0.04, 0.05], 0.05) == [True] * 5
    assert beyond_chance([], 0.05) == []
