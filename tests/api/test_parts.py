"""The parts that can be tried with nothing running."""

import asyncio
import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.caching import Cache
from api.decoding import decode_batch, decode_lines
from api.problems import Problem
from api.reading import etag_of
from events.times import EARLIEST, LATEST, event_time, format_time, parse_moment, parse_time
from projections.cursor import cursor_token, read_cursor

_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_votes = st.fixed_dictionaries(
    {"post": st.text(max_size=5) | _json, "person": st.text(max_size=5), "value": st.sampled_from([1, -1, 0]) | _json},
    optional={"importance": st.integers(0, 4), "at": st.none() | st.text(max_size=5), "odd": _json},
)


@given(st.lists(_votes | _json, max_size=8))
def test_every_item_of_a_batch_is_a_vote_or_an_error(items: list[object]) -> None:
    body = msgspec.json.encode({"votes": items})
    decoded = decode_batch(body)
    assert decoded.total == len(items)
    assert sorted([index for index, _ in decoded.votes] + [error.index for error in decoded.errors]) == [
        *range(len(items))
    ]
    lines = b"\n".join(map(msgspec.json.encode, items))
    assert decode_lines(lines) == decoded


@given(st.binary(max_size=200))
def test_any_bytes_are_votes_errors_or_a_problem(body: bytes) -> None:
    decode_lines(body)
    with contextlib.suppress(Problem):
        decode_batch(body)


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        moment = parse_moment(text)
    except ValueError:
        return
    assert EARLIEST <= moment < LATEST
    assert parse_time(format_time(moment)) == moment


@pytest.mark.parametrize("text", ["2026-W01-1T00:00:00.000Z", "2026-01-31T12:00:00.000+00:00", "2026-01-31"])
def test_events_have_times_in_one_form(text: str) -> None:
    assert event_time(text, LATEST) == format_time(parse_time(text))


def test_five_minutes_ahead_and_no_more() -> None:
    present = parse_time("2026-01-31T12:00:00Z")
    assert event_time("2026-01-31T12:05:00.000Z", present) == "2026-01-31T12:05:00.000Z"
    with pytest.raises(ValueError, match="5 minutes"):
        event_time("2026-01-31T12:05:00.001Z", present)


@given(st.text(max_size=10), st.integers(-(2**63), 2**63 - 1))
def test_cursors_come_back(text: str, number: int) -> None:
    token = cursor_token("list", (text, number))
    assert read_cursor("list", token, tuple[str, int]) == (text, number)
    with pytest.raises(ValueError, match="another list"):
        read_cursor("other", token, tuple[str, int])


@given(st.text(max_size=40))
def test_any_text_is_a_cursor_or_refused(token: str) -> None:
    try:
        read_cursor("list", token, tuple[str, int])
    except ValueError:
        return
    raise AssertionError("nobody guesses a cursor")


def test_etags_tell_contents_apart() -> None:
    assert etag_of(b"a", b"b") == etag_of(b"a", b"b") != etag_of(b"ab", b"")


class TestCache:
    async def test_one_asking_for_many(self) -> None:
        cache: Cache[int] = Cache(seconds=60)
        asked = 0

        async def ask() -> int:
            nonlocal asked
            asked += 1
            await asyncio.sleep(0.01)
            return asked

        answers = await asyncio.gather(*(cache.get("question", ask, lambda _: True) for _ in range(10)))
        assert (answers, asked) == ([1] * 10, 1)
        assert await cache.get("question", ask, lambda _: True) == 1
        assert await cache.get("another", ask, lambda _: True) == 2

    async def test_never_older_than_asked_for(self) -> None:
        cache: Cache[int] = Cache(seconds=60)
        asked = 0

        async def ask() -> int:
            nonlocal asked
            asked += 1
            mine = asked
            await asyncio.sleep(0.01)
            return mine

        first = asyncio.create_task(cache.get("question", ask, lambda _: True))
        await asyncio.sleep(0)
        answers = await asyncio.gather(*(cache.get("question", ask, lambda answer: answer >= 2) for _ in range(10)))
        assert (await first, answers, asked) == (1, [2] * 10, 2)

    async def test_a_failure_is_not_kept(self) -> None:
        cache: Cache[int] = Cache(seconds=60)

        async def fail() -> int:
            raise OSError("away")

        async def ask() -> int:
            return 7

        with pytest.raises(OSError, match="away"):
            await cache.get("question", fail, lambda _: True)
        assert await cache.get("question", ask, lambda _: True) == 7

    async def test_it_is_bounded(self) -> None:
        cache: Cache[int] = Cache(seconds=60, size=2)
        asked: list[int] = []

        def asking(number: int):
            async def ask() -> int:
                asked.append(number)
                return number

            return ask

        for number in (1, 2, 1, 3, 1, 2):
            assert await cache.get(number, asking(number), lambda _: True) == number
        assert asked == [1, 2, 3, 2]
