"""Ids, times and positions: what the outside gives us and gets from us."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.ids import derived_id, is_client_id, is_event_id, new_id
from events.position import Partition, Position, Positions
from events.times import format_time, from_millis, parse_time, to_millis


@pytest.mark.parametrize("good", ["a", "A1", "dark-mode", "u~1", "a" * 64, "0:x_.~-"])
def test_ids_that_a_client_may_choose(good: str):
    assert is_client_id(good)


@pytest.mark.parametrize("bad", ["", "-a", ".a", "a" * 65, "a b", "a/b", "é", "a\n", "a\0", "a@b.c"])
def test_ids_that_it_may_not(bad: str):
    assert not is_client_id(bad)


@pytest.mark.parametrize("bad", ["", "a b", "é", "x" * 129, "a\n"])
def test_event_ids_that_it_may_not(bad: str):
    assert not is_event_id(bad)
    assert is_event_id("tap:42/é".replace("é", "e"))


def test_ids_of_ours():
    assert new_id() < new_id()
    assert derived_id("acme", "k", "1") == derived_id("acme", "k", "1")
    assert derived_id("acme", "k", "1") != derived_id("acme", "k1", "")


@given(st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)))
def test_times_round_trip_to_the_millisecond(moment: datetime):
    millis = to_millis(moment)
    assert parse_time(format_time(millis)) == millis
    assert len(format_time(millis)) == 24
    assert timedelta(0) <= moment - from_millis(millis) < timedelta(milliseconds=1)


def test_times_of_other_zones_and_forms():
    at = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert format_time(to_millis(at)) == "2026-01-01T10:00:00.000Z"
    assert parse_time("2026-01-01T12:00:00+02:00") == to_millis(at)
    assert format_time(parse_time("2015-01-01")) == "2015-01-01T00:00:00.000Z"


@pytest.mark.parametrize("bad", ["", "now", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00", "1735689600000"])
def test_times_that_are_none(bad: str):
    with pytest.raises(ValueError, match=r".+"):
        parse_time(bad)


offsets = st.dictionaries(
    st.builds(Partition, st.sampled_from(["groundswell.ballots", "groundswell.ledger"]), st.integers(0, 11)),
    st.integers(0, 2**40),
)


@given(offsets)
def test_a_token_says_what_it_was_made_of(next_offsets: dict):
    positions = Positions(next_offsets)
    assert Positions.from_token(positions.token()) == positions


@given(offsets, offsets)
def test_covering_is_by_every_partition(one: dict, other: dict):
    covers = Positions(one).covers(Positions(other))
    assert covers == all(one.get(key, 0) >= offset for key, offset in other.items())


def test_after_some_records():
    ballots = Partition("b", 3)
    assert Positions.after([Position(*ballots, 4), Position(*ballots, 9)]) == Positions({ballots: 10})


@pytest.mark.parametrize("token", ["", "x", "AAAA", "!!!", "é", "k" * 1000])
def test_a_token_that_is_none_is_refused(token: str):
    with pytest.raises(ValueError, match="not a position"):
        Positions.from_token(token)
