"""What retries carry: records that stood in their batch's partition before, to be folded as if read in their place."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from events.log.batch import RecordBatch
from events.retries import RETRIED_TYPE, RecordRetried, decode_retry
from events.times import Millis
from projections.fold import Rejected

FOREIGN = "it is an event of another workspace than its retry"

_MARK = RETRIED_TYPE.encode()


class Carried(NamedTuple):
    """A record that a marker carries: its own offset and append time, its value, and the workspace of the marker.

    `version` is the marker's offset. Whatever is stated because of the record has that version: versions only grow.
    """

    version: int
    offset: int
    recorded: Millis
    value: bytes
    workspace: str


def is_retry(value: bytes | None) -> bool:
    """Whether these bytes look like a marker at all; most of what cannot be read does not."""
    return value is not None and _MARK in value


def carried_in(batch: RecordBatch, indices: Iterable[int]) -> tuple[list[Carried], list[Rejected]]:
    """What the markers at these indices of the batch carry; those that are not as they must be, with the reason."""
    carried: list[Carried] = []
    rejected: list[Rejected] = []
    for index in indices:
        try:
            carried.append(_carried(batch, index))
        except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
            rejected.append(Rejected(batch.offsets[index], f"not a retry that can be folded: {error}"))
    return carried, rejected


def as_batch(batch: RecordBatch, carried: Sequence[Carried]) -> RecordBatch:
    """The carried records with their own append times, each at its marker's offset: refusals then name the marker."""
    return RecordBatch(
        batch.topic,
        batch.partition,
        batch.start,
        batch.end,
        [each.version for each in carried],
        [each.recorded for each in carried],
        [None] * len(carried),
        [each.value for each in carried],
    )


def refused_again(carried: Carried, reason: str) -> Rejected:
    """The marker's rejection, for what is wrong with the record that it carries."""
    return Rejected(carried.version, f"the retry of offset {carried.offset}: {reason}")


def _carried(batch: RecordBatch, index: int) -> Carried:
    marker = decode_retry(batch.values[index] or b"")
    _check_place(marker, batch, batch.offsets[index])
    return Carried(batch.offsets[index], marker.data.offset, marker.recorded(), marker.value(), marker.source)


def _check_place(marker: RecordRetried, batch: RecordBatch, offset: int) -> None:
    """Raises ValueError unless the record stood before the marker in the same partition, whatever the log's prefix."""
    topic, partition, place = marker.position
    if topic.rpartition(".")[2] != batch.topic.rpartition(".")[2] or partition != batch.partition:
        raise ValueError(f"the record stands in {topic}/{partition}, and its retry in another partition")
    if place >= offset:
        raise ValueError(f"the record stands at offset {place}, which does not come before its retry")
