"""What a partition of the stream of reactions takes: reactions and ratings of the persons who belong there.

Their ids must be such as keys can hold. Every projection of the stream refuses the same records.
"""

from bisect import bisect_left
from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar, cast

from events.ballots import ballot_key, partition_of
from events.log.batch import RecordBatch
from events.reactions import REACTION_DECODER, ReactionGiven, ReactionWithdrawn, StreamEvent, is_reaction_name
from events.satisfaction import LEAST_RATING, MOST_RATING, SatisfactionRated, SatisfactionWithdrawn
from events.times import Millis
from projections.decoding import decode
from projections.fold import Rejected
from projections.retries import FOREIGN, as_batch, carried_in, is_retry, refused_again

E = TypeVar("E", bound=StreamEvent)


class Accepted(NamedTuple, Generic[E]):
    """An event: the key of its register, itself, when it happened, its offset, when it was recorded.

    `version` is the offset of the record that brings it: its own, or that of the retry that carries it.
    """

    key: bytes
    event: E
    time: Millis
    offset: int
    recorded: Millis
    version: int

    @property
    def retried(self) -> bool:
        """Whether a retry carries it."""
        return self.version != self.offset


def accept(batch: RecordBatch, partition: int, partitions: int) -> tuple[list[Accepted[StreamEvent]], list[Rejected]]:
    """Judge the records of a batch of one of so many partitions: what was accepted, in the order of the log."""
    accepted, unread, unfit = _accept(batch, partition, partitions)
    markers: list[int] = []
    for each in unread:
        index = bisect_left(batch.offsets, each.offset)
        if is_retry(batch.values[index]):
            markers.append(index)
        else:
            unfit.append(each)
    if markers:
        _accept_carried(batch, markers, (partition, partitions), accepted, unfit)
        accepted.sort(key=lambda item: item.version)
    return accepted, unfit


def of(accepted: Iterable[Accepted[StreamEvent]], *kinds: type[E]) -> list[Accepted[E]]:
    """Those of these kinds."""
    return [cast("Accepted[E]", item) for item in accepted if isinstance(item.event, kinds)]


def _accept_carried(
    batch: RecordBatch,
    markers: list[int],
    place: tuple[int, int],
    accepted: list[Accepted[StreamEvent]],
    rejected: list[Rejected],
) -> None:
    """Add what the retries at these indices carry, each with its own offset."""
    carried, unfit = carried_in(batch, markers)
    rejected += unfit
    by_version = {each.version: each for each in carried}
    found, unread, unfit = _accept(as_batch(batch, carried), *place)
    rejected += (refused_again(by_version[each.offset], each.reason) for each in (*unread, *unfit))
    for item in found:
        origin = by_version[item.version]
        if item.event.source == origin.workspace:
            accepted.append(item._replace(offset=origin.offset))
        else:
            rejected.append(refused_again(origin, FOREIGN))


def _accept(
    batch: RecordBatch, partition: int, partitions: int
) -> tuple[list[Accepted[StreamEvent]], list[Rejected], list[Rejected]]:
    """What was accepted; what is no reaction at all; and what is one that does not belong here."""
    decoded = decode(batch, REACTION_DECODER)
    accepted: list[Accepted[StreamEvent]] = []
    unfit: list[Rejected] = []
    for index, event, time in zip(decoded.indices, decoded.events, decoded.times, strict=True):
        offset = batch.offsets[index]
        person = ballot_key(event.source, event.data.person)
        if (reason := _unfit(event, person, partition, partitions)) is not None:
            unfit.append(Rejected(offset, reason))
            continue
        accepted.append(Accepted(_key(event, person), event, time, offset, batch.timestamps[index], offset))
    return accepted, list(decoded.rejected), unfit


def _key(event: StreamEvent, person: bytes) -> bytes:
    if isinstance(event, ReactionGiven | ReactionWithdrawn):
        return b"r%b\0%b\0%b" % (person, event.subject.encode(), event.data.reaction.encode())
    return b"s%b\0%b" % (person, event.subject.encode())


def _unfit(event: StreamEvent, person: bytes, partition: int, partitions: int) -> str | None:
    # Whoever wrote the record chose its key; what counts is that all that a person did is in one partition.
    if partition_of(person, partitions) != partition:
        return "the record stands in a partition that is not its person's"
    if b"\0" in person or "\0" in event.subject:
        return "an id holds a zero byte"
    match event:
        case ReactionGiven() | ReactionWithdrawn():
            unknown = is_reaction_name(event.data.reaction) is None
            return f"{event.data.reaction[:40]!r} is no name of a reaction" if unknown else None
        case SatisfactionRated():
            fits = LEAST_RATING <= event.data.rating <= MOST_RATING
            return None if fits else f"a rating is {LEAST_RATING} to {MOST_RATING}, not {event.data.rating}"
        case SatisfactionWithdrawn():
            return None
