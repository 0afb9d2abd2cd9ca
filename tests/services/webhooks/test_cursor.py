"""How far a webhook has come, as a value."""

from dataclasses import replace

import pytest

from events.deliveries import Place, decode_reached, encode_reached
from events.position import Partition
from services.webhooks.cursor import Cursor, HeldSubject, advanced, cursor_of, wait_after
from services.webhooks.settings import DeliverySettings

BALLOTS, LEDGER = Partition("t.ballots", 3), Partition("t.ledger", 0)
HELD = HeldSubject({BALLOTS: 4, LEDGER: 7}, Place("t.ledger", 0, 7, 1), 2, 5, 1000, 2000, "the receiver answered 500")
CURSOR = Cursor(3, {BALLOTS: 10, LEDGER: 20}, {"a": HELD})


def test_it_reads_as_it_was_written() -> None:
    assert cursor_of(decode_reached(encode_reached(CURSOR.data()))) == CURSOR
    given_up = Cursor(3, CURSOR.positions, {"a": replace(HELD, due=None, reason="gone")})
    assert cursor_of(decode_reached(encode_reached(given_up.data()))) == given_up
    assert given_up.given_up is not None
    assert CURSOR.given_up is None


def test_what_is_due() -> None:
    assert CURSOR.due(1999) == {}
    assert CURSOR.due(2000) == {"a": HELD}
    assert CURSOR.next_due == 2000


def test_events_of_one_record_are_told_apart() -> None:
    assert HELD.is_before(Place("t.ledger", 0, 7, 0))
    assert not HELD.is_before(Place("t.ledger", 0, 7, 1))
    assert not HELD.is_before(Place("t.ballots", 0, 7, 0))
    delivered = [Place("t.ballots", 3, 5, 0), Place("t.ledger", 0, 7, 0)]
    assert advanced({BALLOTS: 1, LEDGER: 1}, delivered, Place("t.ledger", 0, 7, 1)) == {BALLOTS: 6, LEDGER: 7}
    assert advanced({BALLOTS: 1, LEDGER: 1}, delivered) == {BALLOTS: 6, LEDGER: 8}


def test_where_to_go_on_without_what_is_held() -> None:
    assert CURSOR.undelivered() == {BALLOTS: 4, LEDGER: 7}
    assert Cursor(1, {BALLOTS: 10}, {}).undelivered() == {BALLOTS: 10}


def test_waits_grow_and_end_and_are_not_all_alike() -> None:
    schedule = DeliverySettings().schedule
    assert len(schedule) == 9
    assert sum(schedule) > 3 * 86400
    waits = [wait_after(failures, schedule, 0) for failures in range(1, 11)]
    assert waits[-1] is None
    for wait, planned in zip(waits, schedule, strict=False):
        assert wait is not None
        assert 0.8 * planned <= wait <= 1.2 * planned
    assert len({wait_after(3, schedule, 0) for _ in range(5)}) > 1
    assert wait_after(1, schedule, 600) == 600, "as long as the receiver asked for"


@pytest.mark.parametrize("text", ["soon", "-1", "5,,x", "1e99"])
def test_schedules_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="RETRY_SECONDS"):
        DeliverySettings(retry_seconds=text)
