"""Ballots on the wire: their bytes for ever, their partition for the life of a log."""

from pathlib import Path

import msgspec
import pytest

from events.ballots import (
    CastData,
    VoteCast,
    VoteWithdrawn,
    WithdrawnData,
    ballot_key,
    decode_ballot,
    encode_ballot,
    partition_of,
)
from events.log.opening import LogOpened

GOLDEN = Path(__file__).parent / "golden"
AT = "2026-01-02T03:04:05.678Z"
BALLOTS = {
    "groundswell.vote.cast.v1": VoteCast(
        id="0190a8e2-6b1c-7000-8000-000000000001",
        source="acme",
        subject="dark-mode",
        time=AT,
        data=CastData(person="u~1", value=-1, importance=3, by="agent-7"),
    ),
    "groundswell.vote.withdrawn.v1": VoteWithdrawn(
        id="tap:42", source="acme", subject="dark-mode", time=AT, data=WithdrawnData(person="u~1")
    ),
}


@pytest.mark.parametrize("type", BALLOTS)
def test_golden_bytes_read_and_are_what_is_written(type: str):
    golden = (GOLDEN / f"{type}.json").read_bytes()
    assert decode_ballot(golden) == BALLOTS[type]
    assert encode_ballot(BALLOTS[type]) == golden


def test_the_marker_of_the_log_reads():
    opened = msgspec.json.decode((GOLDEN / "groundswell.log.opened.v1.json").read_bytes(), type=LogOpened)
    assert opened.id == "0190a8e2-6b1c-7000-8000-0000000000ff"
    assert opened.data.partitions == {"ballots": 12, "ledger": 1, "people": 12, "dead-letters": 1}


def test_attributes_and_fields_added_later_are_let_pass():
    newer = msgspec.json.decode((GOLDEN / "groundswell.vote.cast.v1.json").read_bytes())
    newer["traceparent"] = "00-..."
    newer["data"]["added_later"] = {"x": 1}
    assert decode_ballot(msgspec.json.encode(newer)) == BALLOTS["groundswell.vote.cast.v1"]


@pytest.mark.parametrize(
    "change",
    [
        {"specversion": "2.0"},
        {"type": "groundswell.vote.cast.v2"},
        {"id": None},
        {"data": {"person": "u", "value": 2}},
        {"data": {"person": "u", "importance": 4}},
        {"data": {"value": 1}},
    ],
)
def test_what_is_no_ballot_is_refused(change: dict):
    broken = msgspec.json.decode((GOLDEN / "groundswell.vote.cast.v1.json").read_bytes()) | change
    with pytest.raises(msgspec.ValidationError):
        decode_ballot(msgspec.json.encode(broken))


def test_a_key_has_the_partition_that_librdkafka_gives_it():
    key = ballot_key("acme", "u~1")
    assert key == b"acme/u~1"
    assert partition_of(key, 12) == 1821150236 % 12
