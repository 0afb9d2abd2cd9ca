"""The stream of deliveries: bytes that read for ever."""

from pathlib import Path

import msgspec
import pytest

from events.deliveries import (
    DELIVERY_DECODER,
    AttemptedData,
    DeliveryAttempted,
    DeliveryEvent,
    Held,
    Place,
    ReachedData,
    WebhookReached,
    encode_delivery,
)

GOLDEN = Path(__file__).parent / "golden"
TIME = "2026-01-02T03:04:05.678Z"
STANDS = Place("groundswell.ledger", 0, 42, 1)

EXPECTED: dict[str, DeliveryEvent] = {
    "groundswell.delivery.attempted.v1": DeliveryAttempted(
        id="d-1",
        source="acme",
        subject="crm",
        time=TIME,
        data=AttemptedData(
            message="m-1",
            event_type="groundswell.post.closed.v1",
            event_id="c-1/1",
            event_subject="dark-mode",
            stands=STANDS,
            attempt=2,
            outcome="failed",
            status=503,
            reason="the receiver answered 503",
            milliseconds=120,
            next_attempt_at="2026-01-02T03:09:05.678Z",
        ),
    ),
    "groundswell.delivery.reached.v1": WebhookReached(
        id="d-2",
        source="acme",
        subject="crm",
        time=TIME,
        data=ReachedData(
            begun=3,
            positions="kZOy",
            held=(
                Held(
                    subject="dark-mode",
                    positions="kZOx",
                    first=STANDS,
                    failures=2,
                    version=5,
                    since=TIME,
                    next_attempt_at="",
                    reason="the receiver answered 410 Gone",
                ),
            ),
        ),
    ),
}


@pytest.mark.parametrize("type", EXPECTED)
def test_old_bytes_read_and_are_what_is_written(type: str) -> None:
    value = (GOLDEN / f"{type}.json").read_bytes()
    assert DELIVERY_DECODER.decode(value) == EXPECTED[type]
    assert encode_delivery(EXPECTED[type]) == value


def test_what_is_no_delivery_is_refused() -> None:
    for value in (b"{}", b'{"type":"groundswell.vote.cast.v1"}', b"\xff"):
        with pytest.raises((msgspec.MsgspecError, UnicodeDecodeError)):
            DELIVERY_DECODER.decode(value)
