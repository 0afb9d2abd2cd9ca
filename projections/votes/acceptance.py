"""Which ballots a partition takes: those of the persons who belong there, under ids that its keys can hold."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from events.ballots import BALLOT_DECODER, Ballot, ballot_key, partition_of
from events.log.batch import RecordBatch
from events.times import Millis
from projections.decoding import Decoded, decode
from projections.fold import Rejected
from projections.retries import FOREIGN, as_batch, carried_in, is_retry, refused_again

RegisterKey = bytes
PeriodKey = tuple[str, str, int]

Accepted = tuple[RegisterKey, Ballot, Millis, int, int, Millis]
"""A ballot in its right place: its register, itself, when it happened, in which month, its offset, when recorded."""


class Retried(NamedTuple):
    """A ballot that a retry carries, with its own offset, and the offset of that retry: the version of its rows."""

    version: int
    ballot: Accepted


class Acceptance(NamedTuple):
    """What was accepted, in the order of the log; the months that it happened in; and what was not."""

    accepted: list[Accepted]
    retried: list[Retried]
    months: set[PeriodKey]
    rejected: list[Rejected]


def accept(batch: RecordBatch, partition: int, partitions: int) -> Acceptance:
    """Judge the records of a batch of one of so many partitions.

    Retries are no ballots: only where a record is none is it asked whether it is one. So they cost the others nothing.
    """
    decoded = decode(batch, BALLOT_DECODER)
    acceptance = _accept(decoded, batch.offsets, batch.timestamps, partition, partitions)
    if not decoded.rejected:
        return acceptance
    return _with_retries(acceptance, len(decoded.rejected), batch, partition, partitions)


def _with_retries(
    acceptance: Acceptance, unread: int, batch: RecordBatch, partition: int, partitions: int
) -> Acceptance:
    """The same, where retries among the first `unread` that were rejected are judged by what they carry."""
    markers: list[int] = []
    rejected = acceptance.rejected[unread:]
    for each in acceptance.rejected[:unread]:
        index = bisect_left(batch.offsets, each.offset)
        if is_retry(batch.values[index]):
            markers.append(index)
        else:
            rejected.append(each)
    if not markers:
        return acceptance
    carried, unfit = carried_in(batch, markers)
    by_version = {each.version: each for each in carried}
    inner = as_batch(batch, carried)
    found = _accept(decode(inner, BALLOT_DECODER), inner.offsets, inner.timestamps, partition, partitions)
    rejected += [*unfit, *(refused_again(by_version[each.offset], each.reason) for each in found.rejected)]
    retried: list[Retried] = []
    for register_key, ballot, time, month, version, recorded in found.accepted:
        origin = by_version[version]
        if ballot.source == origin.workspace:
            retried.append(Retried(version, (register_key, ballot, time, month, origin.offset, recorded)))
        else:
            rejected.append(refused_again(origin, FOREIGN))
    return Acceptance(acceptance.accepted, retried, acceptance.months | found.months, rejected)


def _accept(
    decoded: Decoded[Ballot], offsets: Sequence[int], recorded: Sequence[Millis], partition: int, partitions: int
) -> Acceptance:
    """Judge what was decoded of records with these offsets and append times, in one of so many partitions."""
    accepted: list[Accepted] = []
    months: set[PeriodKey] = set()
    rejected = list(decoded.rejected)
    columns = zip(decoded.indices, decoded.events, decoded.times, decoded.months, strict=True)
    for index, ballot, time, month in columns:
        workspace, post = ballot.source, ballot.subject
        key = ballot_key(workspace, ballot.data.person)
        # Whoever wrote the record chose its key; what counts is that a person's votes are in one partition.
        if partition_of(key, partitions) != partition:
            rejected.append(Rejected(offsets[index], "the record stands in a partition that is not its person's"))
        elif b"\0" in key or "\0" in post:
            rejected.append(Rejected(offsets[index], "an id holds a zero byte"))
        else:
            register_key = b"r%b\0%b" % (key, post.encode())
            months.add((workspace, post, month))
            accepted.append((register_key, ballot, time, month, offsets[index], recorded[index]))
    return Acceptance(accepted, [], months, rejected)
