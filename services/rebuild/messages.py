"""What a rebuild and its workers say to each other: one JSON document a line."""

from collections.abc import Sequence

import msgspec

from events.position import Partition, Position


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What one worker is to do: fold these partitions of a projection's generation until they have caught up.

    `epoch` is the log that the rebuild began with. `state` is the folder of the generation's state. Where `derive` is
    true, what ClickHouse derives is stated again with every block, as the projector does; else that is left to the
    rebuild's end. `known_refusals` stand in these partitions, were refused before, and may be refused again.
    With `until`, the worker folds exactly to these offsets and is done.
    """

    projection: str
    generation: int
    epoch: str
    state: str
    partitions: Sequence[Partition]
    derive: bool
    block_records: int
    known_refusals: Sequence[Position] = ()
    until: Sequence[Position] | None = None


class Came(msgspec.Struct, frozen=True, tag="came"):
    """How far a worker has come in a partition: `durable` is the next offset after what view and state hold."""

    partition: Partition
    durable: int
    log_end: int


class Began(msgspec.Struct, frozen=True, tag="began"):
    """Where a worker takes up a partition."""

    partition: Partition
    start: int
    log_end: int


class Said(msgspec.Struct, frozen=True, tag="said"):
    """Something that a person should know, like what it waits for."""

    text: str


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The worker cannot go on; why, and what to do, in one line."""

    reason: str


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """The worker let go of everything. `caught_up` is false where it was told to stop first."""

    caught_up: bool
    peak_bytes: int


Message = Began | Came | Said | Failed | Ended

encode = msgspec.json.Encoder().encode
decode_order = msgspec.json.Decoder(Order).decode
decode_message = msgspec.json.Decoder(Message).decode
