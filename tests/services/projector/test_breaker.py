"""When the projector stops: judged over the latest records, with what to do; a strict one at the first unknown."""

import logging

import pytest

from events.position import Position
from services.projector.breaker import SHOWN, WINDOW, Breaker
from services.projector.ports import DeadLetter

TOPIC = "groundswell.ballots"


def letters(count: int, first: int = 0) -> list[DeadLetter]:
    return [
        DeadLetter(Position(TOPIC, 3, first + n), 0, b"k", b"v", "votes", "not a ballot", 2, 7) for n in range(count)
    ]


def test_a_bad_burst_after_hours_of_good_records_stops_it() -> None:
    breaker = Breaker(strict=False)
    for _ in range(200):
        assert breaker.judge(20_000, []) is None
    assert breaker.judge(400, letters(400)) is None, "the window still holds good ones"
    reason = breaker.judge(700, letters(700))
    assert reason is not None
    assert "1100 of the last 1100 records could not be read" in reason
    assert "Run the release that wrote it" in reason


def test_a_short_burst_among_good_records_does_not() -> None:
    breaker = Breaker(strict=False)
    for _ in range(50):
        for _ in range(WINDOW):
            assert breaker.judge(1, []) is None
        for n in range(WINDOW // 2 - 1):
            assert breaker.judge(1, letters(1, n)) is None


def test_good_records_of_long_ago_excuse_nothing_when_few_come() -> None:
    """As after a load by batches of many, when then a trickle comes one by one."""
    breaker = Breaker(strict=False)
    assert breaker.judge(1_000_000, []) is None
    reasons = [breaker.judge(1, letters(1, n)) for n in range(WINDOW + 1)]
    assert reasons[-1] is not None
    assert all(reason is None for reason in reasons[: WINDOW - 1])


def test_a_hundred_are_needed_to_judge() -> None:
    breaker = Breaker(strict=False)
    assert breaker.judge(99, letters(99)) is None
    assert breaker.judge(1, []) is not None


def test_a_strict_one_stops_at_the_first_and_says_what_to_do() -> None:
    reason = Breaker(strict=True).judge(1000, letters(2, first=41))
    assert reason is not None
    assert f"{TOPIC}/3 offset 41 cannot be read: not a ballot" in reason
    assert "groundswell projections rebuild votes --skip-dead-letters" in reason


def test_a_strict_one_passes_over_what_is_known_and_nothing_else() -> None:
    known = frozenset(letter.position for letter in letters(300))
    breaker = Breaker(strict=True, known=known)
    assert breaker.judge(300, letters(300)) is None, "most of them, and all known"
    reason = breaker.judge(10, letters(2, first=299))
    assert reason is not None
    assert "offset 300 " in reason


def test_a_flood_is_told_in_a_few_lines(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "services.projector.breaker"):
        Breaker(strict=False).judge(20_000, letters(5000))
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == SHOWN + 1
    assert lines[0] == (
        "record refused projection=votes generation=2 topic=groundswell.ballots partition=3 offset=0 "
        "reason=not a ballot"
    )
    assert lines[-1].endswith(f"count={5000 - SHOWN} up_to_offset=4999")
