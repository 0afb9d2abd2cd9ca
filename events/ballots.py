"""The stream of votes: its event types and their bytes.

CloudEvents 1.0 in JSON, structured mode. `source` is the workspace, `subject` the post, `id` the event's identity,
`time` when it happened at the client. Decoding a record is one call into a tagged union, at millions a second.
"""

import zlib
from typing import Literal

import msgspec

SPECVERSION: Literal["1.0"] = "1.0"


class CastData(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """`value` is +1 or -1, `importance` 1..3, `by` who voted on the person's behalf."""

    person: str
    value: Literal[1, -1] = 1
    importance: Literal[1, 2, 3] = 1
    by: str | None = None


class WithdrawnData(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Whose vote went, and `by` whom if not by that person."""

    person: str
    by: str | None = None


class VoteCast(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="type", tag="groundswell.vote.cast.v1"):
    """A person stands on a post, with this value, from this time on: set, never toggled."""

    specversion: Literal["1.0"] = SPECVERSION
    id: str
    source: str
    subject: str
    time: str
    data: CastData


class VoteWithdrawn(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="type", tag="groundswell.vote.withdrawn.v1"
):
    """A person no longer stands on a post, from this time on."""

    specversion: Literal["1.0"] = SPECVERSION
    id: str
    source: str
    subject: str
    time: str
    data: WithdrawnData


Ballot = VoteCast | VoteWithdrawn

BALLOT_DECODER: msgspec.json.Decoder[Ballot] = msgspec.json.Decoder(Ballot)

decode_ballot = BALLOT_DECODER.decode
"""One record's value; raises `msgspec.DecodeError` or `msgspec.ValidationError` (both `msgspec.MsgspecError`)."""

encode_ballot = msgspec.json.Encoder().encode


def ballot_key(workspace: str, person: str) -> bytes:
    """A ballot's record key: all that one person did is in one partition, in order."""
    return f"{workspace}/{person}".encode()


def partition_of(key: bytes, partitions: int) -> int:
    """Which of so many partitions a key belongs to: CRC-32, as librdkafka's default partitioner has it."""
    return zlib.crc32(key) % partitions
