"""From the records of a batch to events and their times, all at once; one by one only where that fails."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import msgspec
import numpy as np

from events.log.batch import RecordBatch
from events.times import EARLIEST, LATEST, Millis, parse_time
from projections.fold import Rejected

_TIME_LENGTH = len("2026-11-24T05:36:46.123Z")


class Timed(Protocol):
    """An event as far as this module looks at it."""

    @property
    def time(self) -> str:
        """When it happened, as text."""
        ...


E = TypeVar("E", bound=Timed)


@dataclass(frozen=True, slots=True)
class Decoded(Generic[E]):
    """Columns of equal length: where each event stands in the batch, itself, when it happened, and in which month."""

    indices: Sequence[int]
    events: Sequence[E]
    times: Sequence[Millis]
    months: Sequence[int]
    rejected: Sequence[Rejected]


def decode(batch: RecordBatch, decoder: "msgspec.json.Decoder[E]") -> Decoded[E]:
    """Decode a batch; what is no such event, or claims an impossible time, is rejected with its reason."""
    if not len(batch):
        return Decoded((), (), (), (), ())
    try:
        events = _decode_lines(batch.values, decoder)
        times = _parse_times([event.time for event in events])
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, TypeError, RecursionError):
        return _decode_singly(batch, decoder)
    return Decoded(range(len(events)), events, times.tolist(), months_of(times), ())


def months_of(times: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> Sequence[int]:
    """Months since January 1970, in UTC."""
    months: list[int] = times.astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64).tolist()
    return months


def _decode_lines(values: Sequence[bytes | None], decoder: "msgspec.json.Decoder[E]") -> list[E]:
    """All in one call: JSON encoders write no raw line feed, and what holds one is found out by the count.

    Raises:
        ValueError: if any of them is no such event; decode them one by one to learn which.
        TypeError: if any of them is None.
    """
    events = decoder.decode_lines(b"\n".join(values))  # type: ignore[arg-type]  # a None raises, as it should
    if len(events) != len(values):
        raise ValueError("a value holds a raw line feed, or nothing")
    return events


def _parse_times(texts: Sequence[str]) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Times in the one form that we write.

    Raises:
        ValueError: if any is in another form or out of range.
    """
    if set(map(len, texts)) != {_TIME_LENGTH}:
        raise ValueError("not all in the usual form")
    array = np.array(texts, dtype=f"U{_TIME_LENGTH}")
    if (array.view(np.uint32).reshape(len(texts), _TIME_LENGTH)[:, -1] != ord("Z")).any():
        raise ValueError("not all in UTC")
    times = array.astype(f"U{_TIME_LENGTH - 1}").astype("datetime64[ms]").astype(np.int64)
    if times.min() < EARLIEST or times.max() >= LATEST:
        raise ValueError("out of range")
    return times


def _decode_singly(batch: RecordBatch, decoder: "msgspec.json.Decoder[E]") -> Decoded[E]:
    indices: list[int] = []
    events: list[E] = []
    times: list[Millis] = []
    rejected: list[Rejected] = []
    for index, value in enumerate(batch.values):
        try:
            if value is None:
                raise ValueError("an event has a value; this record has none")
            event = decoder.decode(value)
            time = _parse_time(event.time)
        except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError) as error:
            rejected.append(Rejected(batch.offsets[index], f"not an event of this stream: {error}"))
            continue
        indices.append(index)
        events.append(event)
        times.append(time)
    return Decoded(indices, events, times, months_of(np.array(times, dtype=np.int64)), rejected)


def _parse_time(text: str) -> Millis:
    try:
        time = parse_time(text)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"time {text[:40]!r}: {error}") from error
    if not EARLIEST <= time < LATEST:
        raise ValueError(f"time {text[:40]!r} is not between 1970 and 2100")
    return time
