"""A commit: what one save of aggregates appends to the ledger, and its bytes.

One Kafka record holds one commit, with one or more domain events, all or nothing. It is a CloudEvent in JSON:
`source` is the workspace, `id` the commit's identity, `time` when the writer made it. Each event's `state` is
kept as the bytes that the writer gave: embedded as it stands when those are one JSON value, else in base64.
"""

import hashlib
from typing import Final, Literal, Self
from uuid import UUID

import msgspec
from msgspec import UNSET, Raw, UnsetType

COMMIT_TYPE: Final = "groundswell.ledger.commit.v1"
MARKER_TYPE: Final = "groundswell.log.opened.v1"
_MOST_BRACKETS = 400
"""A state with more brackets than this is not embedded, so that no reader's recursion limit is ever met."""


class UndecodableRecord(ValueError):  # noqa: N818 - it names the record, not the fault
    """A record of the ledger that this code cannot read.

    Whoever meets one must stop: to skip it would make history differ between readers that can read it and
    readers that cannot. Usually it means that a newer version wrote it: upgrade the readers first.
    """


class LedgerEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One domain event of a commit: the `originator_version`-th of its originator (the aggregate).

    `type` is the event's stable dotted name. Exactly one of `state` and `state_base64` is set on the wire;
    `state_bytes` is what the writer gave, whichever it is.
    """

    originator_id: UUID
    originator_version: int
    type: str
    state: Raw | UnsetType = UNSET
    state_base64: bytes | UnsetType = UNSET

    @classmethod
    def of(cls, originator_id: UUID, originator_version: int, type: str, state: bytes) -> Self:
        """An event with the given state, in the form that the wire wants."""
        if _is_one_json_value(state):
            return cls(
                originator_id=originator_id,
                originator_version=originator_version,
                type=type,
                state=Raw(state),
            )
        return cls(originator_id=originator_id, originator_version=originator_version, type=type, state_base64=state)

    @property
    def state_bytes(self) -> bytes:
        """The stored state, byte for byte as it was written."""
        if self.state is not UNSET:
            return bytes(self.state)
        return b"" if self.state_base64 is UNSET else self.state_base64


class Tracked(msgspec.Struct, frozen=True, kw_only=True):
    """How far a process that follows some other log of notifications had come when it decided this."""

    application: str
    notification_id: int


class CommitData(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided, and by whom.

    `request` is the hash of what a client asked, where its request may be retried; `tracking` makes a process
    handle each notification once.
    """

    actor: str | UnsetType = UNSET
    request: str | UnsetType = UNSET
    tracking: Tracked | UnsetType = UNSET
    events: tuple[LedgerEvent, ...]


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """One save: the unit that is admitted or void. `time` is RFC 3339 in UTC with milliseconds."""

    specversion: Literal["1.0"] = "1.0"
    type: Literal["groundswell.ledger.commit.v1"] = COMMIT_TYPE
    id: str
    source: str
    time: str
    data: CommitData

    @property
    def workspace(self) -> str:
        """The workspace whose history this belongs to."""
        return self.source

    @property
    def events(self) -> tuple[LedgerEvent, ...]:
        """The domain events, in order."""
        return self.data.events

    @property
    def actor(self) -> str | None:
        """Who decided, if anybody was named."""
        return None if self.data.actor is UNSET else self.data.actor

    @property
    def tracking(self) -> Tracked | None:
        """What the commit tracks, if it does."""
        return None if self.data.tracking is UNSET else self.data.tracking

    @property
    def digest(self) -> bytes:
        """What makes a commit "the same": the request's hash where there is one, else that of its events."""
        if self.data.request is not UNSET:
            return request_digest(self.data.request)
        return _contents_digest(self.data)


class Marker(msgspec.Struct, frozen=True, kw_only=True):
    """A record that speaks of the log itself and decides nothing; `id` of the first is the log's epoch."""

    type: Literal["groundswell.log.opened.v1"]
    id: str


def request_digest(request: str) -> bytes:
    """The digest of a commit that carries out this request, whatever came of it."""
    return hashlib.blake2b(request.encode(), digest_size=16, person=b"request").digest()


def encode_commit(commit: Commit) -> bytes:
    """The record's value. Keys stand in the order specversion, type, id, source, time, data."""
    return _encoder.encode(commit)


def decode_record(value: bytes | None) -> Commit | Marker:
    """Read one record of the ledger.

    Raises:
        UndecodableRecord: if it is neither a commit nor a marker.
    """
    if value is None:
        raise UndecodableRecord("a record without a value (a tombstone) has no place in the ledger")
    try:
        commit = _commit_decoder.decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return _decode_marker(value, error)
    for event in commit.data.events:
        if (event.state is UNSET) == (event.state_base64 is UNSET):
            raise UndecodableRecord(f"commit {commit.id!r}: an event needs exactly one of state and state_base64")
    return commit


def _contents_digest(data: CommitData) -> bytes:
    digest = hashlib.blake2b(digest_size=16, person=b"events")
    if data.tracking is not UNSET:
        digest.update(f"{data.tracking.application}/{data.tracking.notification_id}\n".encode())
    for event in data.events:
        state = event.state_bytes
        head = f"{event.originator_id.hex}/{event.originator_version}/{event.type}/{len(state)}\n"
        digest.update(head.encode())
        digest.update(state)
    return digest.digest()


def _decode_marker(value: bytes, why: Exception) -> Marker:
    try:
        return _marker_decoder.decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise UndecodableRecord(f"neither a commit nor a marker of the log: {why}") from why


def _is_one_json_value(state: bytes) -> bool:
    if not state or state[:1].isspace() or state[-1:].isspace():
        return False  # a parser would drop the space around the value
    if state.count(b"[") + state.count(b"{") > _MOST_BRACKETS:
        return False
    try:
        _any_decoder.decode(state)
        state.decode()  # the parser lets some strings pass that are not UTF-8
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False
    return True


_encoder = msgspec.json.Encoder()
_any_decoder = msgspec.json.Decoder()
_commit_decoder = msgspec.json.Decoder(Commit)
_marker_decoder = msgspec.json.Decoder(Marker)
