"""Which records a partition takes: votes of persons who belong there, under ids that its keys can hold; and rulings.

Retries and rulings are no votes: only where a record is none is it asked what else it is. So they cost the others
nothing.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from events.ballots import BALLOT_DECODER, Ballot, ballot_key, partition_of
from events.log.batch import RecordBatch
from events.rulings import decode_ruling, is_ruling
from events.times import Millis, parse_time
from projections.decoding import Decoded, decode
from projections.fold import Rejected
from projections.retries import FOREIGN, as_batch, carried_in, is_retry, refused_again
from projections.votes.registers import RegisterKey, register_key
from projections.votes.rules import Rule, to_rule
from projections.votes.tallies import PeriodKey

Accepted = tuple[RegisterKey, Ballot, Millis, int, int, Millis]
"""A ballot in its right place: its register, itself, when it happened, in which month, its offset, when recorded."""


class Retried(NamedTuple):
    """A ballot that a retry carries, with its own offset, and the offset of that retry: the version of its rows."""

    version: int
    ballot: Accepted


class Ruled(NamedTuple):
    """A rule of a workspace, and the offset of its ruling."""

    version: int
    workspace: str
    rule: Rule


class Acceptance(NamedTuple):
    """What was accepted, in the order of the log; the months that it happened in; and what was not.

    `apart` is what is to be folded between two votes, in the order of the log.
    """

    accepted: list[Accepted]
    apart: list[Retried | Ruled]
    months: set[PeriodKey]
    rejected: list[Rejected]


def accept(batch: RecordBatch, partition: int, partitions: int) -> Acceptance:
    """Judge the records of a batch of one of so many partitions."""
    decoded = decode(batch, BALLOT_DECODER)
    acceptance = _accept(decoded, batch.offsets, batch.timestamps, partition, partitions)
    if not decoded.rejected:
        return acceptance
    return _with_others(acceptance, len(decoded.rejected), batch, partition, partitions)


def _with_others(
    acceptance: Acceptance, unread: int, batch: RecordBatch, partition: int, partitions: int
) -> Acceptance:
    """The same, where the first `unread` that were rejected may be retries or rulings."""
    retries: list[int] = []
    rulings: list[Ruled] = []
    rejected = acceptance.rejected[unread:]
    for each in acceptance.rejected[:unread]:
        index = bisect_left(batch.offsets, each.offset)
        value = batch.values[index]
        if is_retry(value):
            retries.append(index)
        elif value is not None and is_ruling(value):
            ruled = _ruled(value, each.offset, batch.timestamps[index])
            (rejected if isinstance(ruled, Rejected) else rulings).append(ruled)  # type: ignore[arg-type]  # as it says
        else:
            rejected.append(each)
    retried, months, refused = _retried(batch, retries, partition, partitions)
    apart: list[Retried | Ruled] = sorted([*retried, *rulings], key=lambda each: each.version)
    return Acceptance(acceptance.accepted, apart, acceptance.months | months, [*rejected, *refused])


def _ruled(value: bytes, offset: int, recorded: Millis) -> Ruled | Rejected:
    try:
        ruling = decode_ruling(value)
        return Ruled(offset, ruling.source, to_rule(ruling, parse_time(ruling.time), offset, recorded))
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
        return Rejected(offset, f"not a ruling that can be folded: {error}")


def _retried(
    batch: RecordBatch, indices: Sequence[int], partition: int, partitions: int
) -> tuple[list[Retried], set[PeriodKey], list[Rejected]]:
    """What the retries at these indices carry, judged as any other."""
    if not indices:
        return [], set(), []
    carried, rejected = carried_in(batch, indices)
    by_version = {each.version: each for each in carried}
    inner = as_batch(batch, carried)
    found = _accept(decode(inner, BALLOT_DECODER), inner.offsets, inner.timestamps, partition, partitions)
    rejected += (refused_again(by_version[each.offset], each.reason) for each in found.rejected)
    retried: list[Retried] = []
    for key, ballot, time, month, version, recorded in found.accepted:
        origin = by_version[version]
        if ballot.source == origin.workspace:
            retried.append(Retried(version, (key, ballot, time, month, origin.offset, recorded)))
        else:
            rejected.append(refused_again(origin, FOREIGN))
    return retried, found.months, rejected


def _accept(
    decoded: Decoded[Ballot], offsets: Sequence[int], recorded: Sequence[Millis], partition: int, partitions: int
) -> Acceptance:
    """Judge what was decoded of records with these offsets and append times, in one of so many partitions."""
    accepted: list[Accepted] = []
    months: set[PeriodKey] = set()
    rejected = list(decoded.rejected)
    columns = zip(decoded.indices, decoded.events, decoded.times, decoded.months, strict=True)
    for index, ballot, time, month in columns:
        workspace, post, person = ballot.source, ballot.subject, ballot.data.person
        # Whoever wrote the record chose its key; what counts is that a person's votes are in one partition.
        if partition_of(ballot_key(workspace, person), partitions) != partition:
            rejected.append(Rejected(offsets[index], "the record stands in a partition that is not its person's"))
            continue
        key = register_key(workspace, post, person)
        if key.count(b"\0") != 2:
            rejected.append(Rejected(offsets[index], "an id holds a zero byte"))
        else:
            months.add((workspace, post, month))
            accepted.append((key, ballot, time, month, offsets[index], recorded[index]))
    return Acceptance(accepted, [], months, rejected)
