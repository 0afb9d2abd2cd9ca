"""A plausible stream of votes, as records of the ballots: mostly first ones; changes, unvotes, repeats, late ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from events.ballots import (
    Ballot,
    CastData,
    VoteCast,
    VoteWithdrawn,
    WithdrawnData,
    ballot_key,
    encode_ballot,
    partition_of,
)
from events.log.appender import Appender, Record
from events.log.opening import open_log
from events.settings import KafkaSettings
from events.times import Millis, format_time
from tests.bench.stack import WORKSPACE, say

PERSONS = 300_000
POSTS = 200
SHARES = {"first": 0.80, "change": 0.07, "withdrawal": 0.07, "repeat": 0.03, "late": 0.03}
MIX = ", ".join(f"{share:.0%} {name}" for name, share in SHARES.items())

_BEGAN: Millis = 1_790_000_000_000
_SPAN: Millis = 90 * 24 * 3600 * 1000
_LATEST_BY: Millis = 30 * 24 * 3600 * 1000
_CHUNK = 50_000
_SPAN_VOTES = 1_000_000


@dataclass(frozen=True, slots=True)
class _Made:
    post: str
    person: str
    value: int
    record: Record


def make_votes(count: int, seed: int = 1, *, first: int = 0, total: int | None = None) -> Iterator[Record]:
    """Always the same for the same arguments; happened within 90 days, each late one up to 30 days earlier.

    They are those from number `first` on, of `total`: changes and repeats are of votes among these.
    """
    dice = np.random.default_rng(seed)
    kinds = dice.choice(list(SHARES), count, p=list(SHARES.values())).tolist()
    persons = dice.integers(PERSONS, size=count).tolist()
    posts = (dice.random(count) ** 2 * POSTS).astype(int).tolist()
    values = dice.choice([1, -1], count, p=[0.9, 0.1]).tolist()
    earlier = dice.random(count).tolist()
    made: list[_Made] = []
    for number, kind in enumerate(kinds):
        time = _BEGAN + _SPAN * (first + number) // (total or count)
        if kind in ("first", "late") or not made:
            late = int(earlier[number] * _LATEST_BY) if kind == "late" else 0
            vote = _make(
                first + number, f"post-{posts[number]}", f"person-{persons[number]}", values[number], time - late
            )
        else:
            before = made[int(earlier[number] * len(made))]
            if kind == "repeat":
                vote = before
            else:
                value = 0 if kind == "withdrawal" else -before.value or 1
                vote = _make(first + number, before.post, before.person, value, time)
        made.append(vote)
        yield vote.record


def _make(number: int, post: str, person: str, value: int, time: Millis) -> _Made:
    event: Ballot
    name, when = f"019d2f6e-8b1a-7c43-9d5f-{number:012x}", format_time(time)
    if value:
        data = CastData(person, 1 if value > 0 else -1)
        event = VoteCast(id=name, source=WORKSPACE, subject=post, time=when, data=data)
    else:
        event = VoteWithdrawn(id=name, source=WORKSPACE, subject=post, time=when, data=WithdrawnData(person))
    return _Made(post, person, value, Record(ballot_key(WORKSPACE, person), encode_ballot(event)))


def _in_spans(count: int) -> Iterator[Record]:
    """Many votes, made in spans: what was made is kept in memory until its span ends."""
    for seed, first in enumerate(range(0, count, _SPAN_VOTES), start=1):
        yield from make_votes(min(_SPAN_VOTES, count - first), seed, first=first, total=count)


async def fill(settings: KafkaSettings, count: int) -> None:
    """Put so many votes on a log's ballots, as record batches."""
    topics = await open_log(settings, wait_seconds=60)
    partitions = topics.count(topics.ballots)
    appender = Appender(settings, topics.ballots, partitions)
    await appender.start()
    try:
        votes = _in_spans(count)
        done = 0
        while chunk := list(islice(votes, _CHUNK)):
            parted: dict[int, list[Record]] = {}
            for record in chunk:
                parted.setdefault(partition_of(record.key, partitions), []).append(record)
            await appender.append(parted.items())
            done += len(chunk)
            say(f"{done:,} of {count:,} votes on the log")
    finally:
        await appender.stop()
