"""A generation's life, and which generation a command means."""

import itertools

import pytest

from projections.generations import (
    Generation,
    GenerationRefused,
    State,
    next_number,
    the_live_one,
    to_drop,
    to_roll_back_to,
    to_switch_to,
    to_verify,
)

LEGAL = {
    ("building", "ready"), ("building", "live"), ("building", "dropped"),
    ("ready", "verified"), ("ready", "dropped"),
    ("verified", "verified"), ("verified", "ready"), ("verified", "live"), ("verified", "dropped"),
    ("live", "retired"),
    ("retired", "verified"), ("retired", "live"), ("retired", "dropped"),
}  # fmt: skip


def generation(number: int, state: str, switched_at: int | None = None) -> Generation:
    return Generation(
        projection="votes", generation=number, state=State(state), code=1, tables=(), views={}, started_at=1,
        switched_at=switched_at,
    )  # fmt: skip


@pytest.mark.parametrize(("before", "after"), sorted(itertools.product(State, State)))
def test_only_these_states_follow_each_other(before: State, after: State):
    made = generation(1, before)
    if (before, after) in LEGAL:
        entered = made.enter(after, at=7, note="because")
        assert (entered.state, entered.note, entered.version) == (after, "because", made.version + 1)
        assert entered.switched_at == (7 if State.LIVE in (before, after) else None)
    else:
        with pytest.raises(GenerationRefused, match=f"is {before} and cannot become {after}"):
            made.enter(after, at=7)


def test_numbers_are_never_used_twice():
    assert next_number([]) == 1
    assert next_number([generation(1, "live"), generation(4, "dropped")]) == 5


def test_the_newest_that_has_caught_up_is_verified():
    known = [generation(1, "live"), generation(2, "retired"), generation(3, "ready"), generation(4, "building")]
    assert to_verify(known, "votes").generation == 3
    assert to_verify(known, "votes", 2).generation == 2
    with pytest.raises(GenerationRefused, match="generation 4 of votes is building and cannot be verified"):
        to_verify(known, "votes", 4)
    with pytest.raises(GenerationRefused, match="no generation 9; there are: 1, 2, 3, 4"):
        to_verify(known, "votes", 9)
    with pytest.raises(GenerationRefused, match="still being built"):
        to_verify([generation(1, "live"), generation(2, "building")], "votes")
    with pytest.raises(GenerationRefused, match="groundswell projections rebuild votes"):
        to_verify([generation(1, "live")], "votes")


def test_only_a_verified_one_is_switched_to():
    known = [generation(1, "live"), generation(2, "ready")]
    with pytest.raises(GenerationRefused, match="groundswell projections verify votes first"):
        to_switch_to(known, "votes")
    with pytest.raises(GenerationRefused, match="verify votes first"):
        to_switch_to(known, "votes", 2)
    with pytest.raises(GenerationRefused, match="live already"):
        to_switch_to(known, "votes", 1)
    assert to_switch_to([*known, generation(3, "verified")], "votes").generation == 3


def test_the_way_back_leads_to_the_one_that_was_live_last():
    known = [generation(1, "retired", 5), generation(2, "retired", 9), generation(3, "live", 9)]
    assert to_roll_back_to(known, "votes").generation == 2
    with pytest.raises(GenerationRefused, match="no retired generation"):
        to_roll_back_to([generation(1, "live")], "votes")


def test_what_is_dropped_must_be_clear_and_must_not_serve():
    known = [generation(1, "live"), generation(2, "retired")]
    assert to_drop(known, "votes").generation == 2
    with pytest.raises(GenerationRefused, match="is live and cannot be dropped: it serves"):
        to_drop(known, "votes", 1)
    with pytest.raises(GenerationRefused, match=r"Say --generation, one of 2 \(retired\), 3 \(ready\)"):
        to_drop([*known, generation(3, "ready")], "votes")
    with pytest.raises(GenerationRefused, match="the live one, which serves"):
        to_drop([generation(1, "live")], "votes")


def test_without_a_live_one_it_says_what_to_do():
    with pytest.raises(GenerationRefused, match="start a projector, or run groundswell projections rebuild votes"):
        the_live_one([generation(1, "building")], "votes")
