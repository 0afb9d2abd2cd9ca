"""The bytes of a commit: what goes in comes back exactly, and what is no commit is refused."""

import json
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.ledger.commit import (
    Commit,
    CommitData,
    LedgerEvent,
    Marker,
    UndecodableRecord,
    decode_record,
    encode_commit,
)

ORIGINATOR = UUID("0198c5a0-0000-7000-8000-000000000001")


def commit_of(*states: bytes, **data: str) -> Commit:
    events = tuple(LedgerEvent.of(ORIGINATOR, n, "groundswell.post.submitted.v1", s) for n, s in enumerate(states))
    return Commit(id="c1", source="acme", time="2026-11-24T05:36:46.123Z", data=CommitData(events=events, **data))


def test_the_wire_form_is_as_published() -> None:
    value = encode_commit(commit_of(b'{"title":"Dark mode"}', b"\x00\xff", actor="key:k1"))
    assert value == (
        b'{"specversion":"1.0","type":"groundswell.ledger.commit.v1","id":"c1","source":"acme",'
        b'"time":"2026-11-24T05:36:46.123Z","data":{"actor":"key:k1","events":['
        b'{"originator_id":"0198c5a0-0000-7000-8000-000000000001","originator_version":0,'
        b'"type":"groundswell.post.submitted.v1","state":{"title":"Dark mode"}},'
        b'{"originator_id":"0198c5a0-0000-7000-8000-000000000001","originator_version":1,'
        b'"type":"groundswell.post.submitted.v1","state_base64":"AP8="}]}}'
    )


json_texts = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
).map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))


@given(st.lists(st.binary(max_size=60) | json_texts, min_size=1, max_size=4))
def test_states_come_back_byte_for_byte(states: list[bytes]) -> None:
    commit = commit_of(*states)
    value = encode_commit(commit)
    again = decode_record(value)
    assert isinstance(again, Commit)
    assert [event.state_bytes for event in again.events] == states
    assert again == commit
    assert encode_commit(again) == value
    json.loads(value)


@pytest.mark.parametrize("state", [b" 1", b"1\n", b'"\xff"', b"", b"1 2", b"[" * 500 + b"]" * 500, b"NaN"])
def test_what_is_no_plain_json_value_goes_as_base64(state: bytes) -> None:
    value = json.loads(encode_commit(commit_of(state)))
    (event,) = value["data"]["events"]
    assert "state" not in event
    assert "state_base64" in event


def test_unknown_fields_are_let_pass() -> None:
    value = json.loads(encode_commit(commit_of(b"1", actor="x")))
    value["traceparent"] = "00-abc"
    value["data"]["reason"] = "later"
    value["data"]["events"][0]["schema"] = 7
    assert decode_record(json.dumps(value).encode()) == commit_of(b"1", actor="x")


def test_a_marker_is_told_from_a_commit() -> None:
    marker = b'{"specversion":"1.0","type":"groundswell.log.opened.v1","id":"epoch-1","source":"x","data":{}}'
    assert decode_record(marker) == Marker(type="groundswell.log.opened.v1", id="epoch-1")


@pytest.mark.parametrize(
    "value",
    [
        None,
        b"",
        b"not json",
        b'{"specversion":"1.0","type":"groundswell.ledger.commit.v2","id":"x"}',
        b'{"specversion":"1.0","type":"groundswell.vote.cast.v1","id":"x"}',
        encode_commit(commit_of(b"1")).replace(b'"state":1', b'"stat":1'),
        encode_commit(commit_of(b"1")).replace(b'"state":1', b'"state":1,"state_base64":"AA=="'),
        encode_commit(commit_of(b"1")).replace(b"0198c5a0", b"not-a-uuid"),
        b"\xff\xfe",
    ],
)
def test_anything_else_is_undecodable(value: bytes | None) -> None:
    with pytest.raises(UndecodableRecord):
        decode_record(value)


def test_the_digest_is_of_what_was_asked_or_else_of_the_events() -> None:
    assert commit_of(b"1").digest == msgspec.structs.replace(commit_of(b"1"), id="other", time="later").digest
    assert commit_of(b"1").digest != commit_of(b"2").digest
    assert commit_of(b"1", b"2").digest != commit_of(b"12").digest
    assert commit_of(b"1", request="r").digest == commit_of(b"2", request="r").digest
    assert commit_of(b"1", request="r").digest != commit_of(b"1", request="s").digest
