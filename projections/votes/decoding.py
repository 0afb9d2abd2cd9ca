"""From the records of a batch to checked ballots and their times, all at once; one by one only where that fails."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from events.ballots import Ballot, decode_ballot, decode_ballots
from events.log.batch import RecordBatch
from events.times import EARLIEST, LATEST, Millis, parse_time
from projections.fold import Rejected

_TIME_LENGTH = len("2026-11-24T05:36:46.123Z")


class Decoded(NamedTuple):
    """Columns of equal length: where each ballot stands in the batch, itself, when it happened, and in which month."""

    indices: Sequence[int]
    ballots: Sequence[Ballot]
    times: Sequence[Millis]
    months: Sequence[int]
    rejected: Sequence[Rejected]


def decode(batch: RecordBatch) -> Decoded:
    """Decode a batch; what is no ballot, or claims an impossible time, is rejected with its reason."""
    if not len(batch):
        return Decoded((), (), (), (), ())
    try:
        ballots = decode_ballots(batch.values)  # type: ignore[arg-type]  # a None among them raises, as it should
        times = _parse_times([ballot.time for ballot in ballots])
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, TypeError):
        return _decode_singly(batch)
    return Decoded(range(len(ballots)), ballots, times.tolist(), months_of(times), ())


def months_of(times: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> Sequence[int]:
    """Months since January 1970, in UTC."""
    months: list[int] = times.astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64).tolist()
    return months


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


def _decode_singly(batch: RecordBatch) -> Decoded:
    indices: list[int] = []
    ballots: list[Ballot] = []
    times: list[Millis] = []
    rejected: list[Rejected] = []
    for index, value in enumerate(batch.values):
        try:
            if value is None:
                raise ValueError("a ballot has a value; this record has none")
            ballot = decode_ballot(value)
            time = _parse_time(ballot.time)
        except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError) as error:
            rejected.append(Rejected(batch.offsets[index], f"not a ballot: {error}"))
            continue
        indices.append(index)
        ballots.append(ballot)
        times.append(time)
    return Decoded(indices, ballots, times, months_of(np.array(times, dtype=np.int64)), rejected)


def _parse_time(text: str) -> Millis:
    try:
        time = parse_time(text)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"time {text[:40]!r}: {error}") from error
    if not EARLIEST <= time < LATEST:
        raise ValueError(f"time {text[:40]!r} is not between 1970 and 2100")
    return time
