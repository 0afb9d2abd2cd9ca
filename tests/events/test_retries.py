"""The bytes of a retry, and what does not fit into one."""

from pathlib import Path

import msgspec
import pytest

from events.ballots import decode_ballot
from events.position import Position
from events.retries import (
    MAX_MARKER_BYTES,
    RecordRetried,
    RetryAppended,
    decode_retry,
    encode_retry,
    encode_retry_appended,
)

GOLDEN = Path(__file__).parent / "golden"
POSITION = Position("groundswell.ballots", 3, 42)
RECORDED, AT = 1_790_000_000_123, 1_790_000_100_456


def marker(value: bytes) -> RecordRetried:
    return RecordRetried.of(POSITION, RECORDED, value, source="acme", subject="dark-mode", at=AT)


def test_golden() -> None:
    ballot = (GOLDEN / "groundswell.vote.cast.v1.json").read_bytes()
    golden = (GOLDEN / "groundswell.record.retried.v1.json").read_bytes().rstrip(b"\n")
    assert encode_retry(marker(ballot), b"acme/u~1") == golden
    read = decode_retry(golden)
    assert read == marker(ballot)
    assert (read.position, read.recorded(), read.value()) == (POSITION, RECORDED, ballot)
    assert decode_ballot(read.value()).subject == read.subject


def test_golden_of_the_note_among_the_dead_letters() -> None:
    noted = RetryAppended.of(POSITION, 99, AT)
    golden = (GOLDEN / "groundswell.record.retry-appended.v1.json").read_bytes().rstrip(b"\n")
    assert encode_retry_appended(noted) == golden
    assert msgspec.json.decode(golden, type=RetryAppended) == noted


def test_the_same_record_s_retry_is_the_same_event_whenever_it_is_made() -> None:
    later = RecordRetried.of(POSITION, RECORDED, b"{}", source="acme", subject="dark-mode", at=AT + 1)
    assert later.id == marker(b"{}").id


def test_what_the_log_would_not_take_is_refused_before() -> None:
    empty = len(encode_retry(marker(b""), b""))
    most = (MAX_MARKER_BYTES - empty) // 4 * 3
    assert len(encode_retry(marker(b"x" * most), b"")) <= MAX_MARKER_BYTES
    with pytest.raises(ValueError, match="does not fit"):
        encode_retry(marker(b"x" * (most + 3)), b"")
    with pytest.raises(ValueError, match="does not fit"):
        encode_retry(marker(b"x" * most), b"key!")
