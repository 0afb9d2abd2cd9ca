"""Between any two ranks there is another, and what is put last or first adds no length."""

from hypothesis import given
from hypothesis import strategies as st

from events.domain.roadmaps.ranks import LONGEST, even_ranks, rank_between


@given(st.lists(st.floats(0, 1, exclude_max=True), max_size=60))
def test_a_rank_is_found_wherever_something_is_put(places: list[float]) -> None:
    ranks: list[str] = []
    for place in places:
        index = int(place * (len(ranks) + 1))
        low, high = ranks[index - 1] if index else None, ranks[index] if index < len(ranks) else None
        ranks.insert(index, rank_between(low, high))
        assert ranks == sorted(ranks)
        assert len(set(ranks)) == len(ranks)


def test_the_ends_cost_no_length() -> None:
    first = last = rank_between(None, None)
    for _ in range(3000):
        first, last = rank_between(None, first), rank_between(last, None)
    assert len(first) == len(last) == 8


def test_a_rank_in_one_place_grows_slowly() -> None:
    low, high = even_ranks(2)
    for _ in range(150):
        high = rank_between(low, high)
    assert len(high) <= LONGEST
    assert low < high
