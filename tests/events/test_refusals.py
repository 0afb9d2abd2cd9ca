"""The bytes of a dead letter."""

import base64
from pathlib import Path

from events.position import Position
from events.refusals import MAX_KEPT_BYTES, RecordRefused, decode_refusal, encode_refusal

GOLDEN = Path(__file__).parent / "golden"


def test_golden() -> None:
    event = RecordRefused.of(
        Position("groundswell.ballots", 3, 42), 1_790_000_000_123, "votes", "not a ballot: broken", b"acme/\xff", b"{"
    )
    golden = (GOLDEN / "groundswell.record.refused.v1.json").read_bytes().rstrip(b"\n")
    assert encode_refusal(event) == golden
    assert decode_refusal(golden) == event


def test_golden_with_generation_and_code() -> None:
    event = RecordRefused.of(
        Position("groundswell.ballots", 3, 42), 1_790_000_000_123, "votes", "not a ballot: broken", b"acme/\xff", b"{",
        generation=2, code=7,
    )  # fmt: skip
    golden = (GOLDEN / "groundswell.record.refused.v1.by-generation.json").read_bytes().rstrip(b"\n")
    assert encode_refusal(event) == golden
    assert decode_refusal(golden) == event
    older = decode_refusal((GOLDEN / "groundswell.record.refused.v1.json").read_bytes())
    assert (older.id, older.data.generation, older.data.code) == (event.id, 0, 0)


def test_a_tombstone_and_an_endless_value_are_kept_within_bounds() -> None:
    position = Position("t", 0, 0)
    assert RecordRefused.of(position, 0, "p", "r", None, None).data.value_base64 is None
    long = RecordRefused.of(position, 0, "p", "r" * 5000, b"k", b"v" * (MAX_KEPT_BYTES + 1)).data
    assert base64.b64decode(long.value_base64 or "") == b"v" * MAX_KEPT_BYTES
    assert long.value_bytes == MAX_KEPT_BYTES + 1
    assert len(long.reason) == 1000
