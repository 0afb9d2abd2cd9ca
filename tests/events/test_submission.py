"""Votes as clients submit them."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.ballots import VoteCast, VoteWithdrawn, decode_ballot, encode_ballot
from events.submission import FieldError, SubmittedVote, explain, to_ballot, validate
from events.times import format_time

NOW = 1_790_000_000_000
GOOD = SubmittedVote(post="dark-mode", person="u1")


def changed(**fields: object) -> SubmittedVote:
    return msgspec.structs.replace(GOOD, **fields)


@pytest.mark.parametrize(
    ("vote", "field"),
    [
        (changed(post=""), "post"),
        (changed(post="a b"), "post"),
        (changed(post="x" * 65), "post"),
        (changed(person="-u"), "person"),
        (changed(person="u\n"), "person"),
        (changed(by="'; drop"), "by"),
        (changed(id="with space"), "id"),
        (changed(id=""), "id"),
        (changed(at="yesterday"), "at"),
        (changed(at="2026-01-01T00:00:00"), "at"),
        (changed(at="1969-12-31T23:59:59Z"), "at"),
        (changed(at="2100-01-01"), "at"),
        (changed(at="0001-01-01T00:00:00+14:00"), "at"),
        (changed(at=format_time(NOW + 300_001)), "at"),
    ],
)
def test_names_the_field_that_is_wrong(vote: SubmittedVote, field: str) -> None:
    error = validate(vote, NOW)
    assert error is not None
    assert error.field == field


@pytest.mark.parametrize("at", ["2026-01-31", "2026-01-31T12:00:00+02:00", format_time(NOW + 300_000), None])
def test_takes_what_is_right(at: str | None) -> None:
    assert validate(changed(at=at, id="any!id", by="agent-1"), NOW) is None


@pytest.mark.parametrize(
    ("json", "error"),
    [
        (b'{"person":"u"}', FieldError("post", "is required")),
        (b'{"post":"p","person":"u","value":2}', FieldError("value", "Invalid enum value 2")),
        (b'{"post":"p","person":"u","importance":0}', FieldError("importance", "Invalid enum value 0")),
        (b'{"post":"p","person":"u","value":"1"}', FieldError("value", "Expected `int`, got `str`")),
        (b'{"post":5,"person":"u"}', FieldError("post", "Expected `str`, got `int`")),
        (b"[]", FieldError("", "Expected `object`, got `array`")),
    ],
)
def test_explains_what_has_the_wrong_shape(json: bytes, error: FieldError) -> None:
    with pytest.raises(msgspec.MsgspecError) as raised:
        msgspec.json.decode(json, type=SubmittedVote)
    assert explain(raised.value) == error


def test_explains_what_is_wrong_in_a_list() -> None:
    with pytest.raises(msgspec.MsgspecError) as raised:
        msgspec.json.decode(b'[{"post":"p","person":"u","by":7}]', type=list[SubmittedVote])
    assert explain(raised.value).field == "by"


@given(
    value=st.sampled_from((-1, 0, 1)),
    importance=st.sampled_from((1, 2, 3)),
    at=st.none() | st.integers(0, NOW).map(format_time),
    by=st.none() | st.just("agent-1"),
)
def test_its_event_says_the_same(value: int, importance: int, at: str | None, by: str | None) -> None:
    vote = changed(value=value, importance=importance, at=at, by=by)
    ballot = decode_ballot(encode_ballot(to_ballot("demo", vote, "e1", format_time(NOW))))
    assert (ballot.id, ballot.source, ballot.subject, ballot.time) == (
        "e1",
        "demo",
        "dark-mode",
        at or format_time(NOW),
    )
    assert (ballot.data.person, ballot.data.by) == ("u1", by)
    if value == 0:
        assert isinstance(ballot, VoteWithdrawn)
    else:
        assert isinstance(ballot, VoteCast)
        assert (ballot.data.value, ballot.data.importance) == (value, importance)
