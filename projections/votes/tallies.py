"""The tallies of one partition that a fold is at work on: read when they are needed, stated when it is sealed."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from events.times import DAY, Millis
from projections.decoding import months_of
from projections.fold import Read, Row
from projections.votes import trend
from projections.votes.tables import TALLIES, TALLY_PERIODS
from projections.votes.tally import Net, Tally, add, decode_tally, encode_tally

PostKey = tuple[str, str]
PeriodKey = tuple[str, str, int]
"""Workspace, post, and months since 1970."""


class Missing(NamedTuple):
    """Tallies that are not in memory."""

    posts: Sequence[PostKey]
    periods: Sequence[PeriodKey]

    @property
    def keys(self) -> list[bytes]:
        """Where the state has them."""
        return [*map(_tally_key, self.posts), *map(_period_key, self.periods)]


Gains = dict[tuple[str, str, int, int], Tally]
"""What first votes add up to, by workspace, post, month, and half-lives: their weights are mantissas for that many."""


class Tallies:
    """What stands on each post, and each month's net changes."""

    read: Read

    def __init__(self) -> None:
        self.standing: dict[PostKey, Tally] = {}
        self.periods: dict[PeriodKey, Tally] = {}

    def missing(self, months: Iterable[PeriodKey]) -> Missing:
        """Which of these months' tallies, and those of their posts, are not in memory."""
        periods = [key for key in months if key not in self.periods]
        posts = [key for key in {(key[0], key[1]) for key in months} if key not in self.standing]
        return Missing(posts, periods)

    def put(self, missing: Missing, values: Sequence[bytes | None]) -> None:
        """Have those that were missing stand in memory, with their values from the state."""
        found = iter(values)
        for post in missing.posts:
            self.standing[post] = _tally(next(found))
        for period in missing.periods:
            self.periods[period] = _tally(next(found))

    def add_standing(self, workspace: str, post: str, change: Net, version: int, sign: int = 1) -> None:
        """Add a change to what stands on a post."""
        key = (workspace, post)
        if key not in self.standing:
            self.standing[key] = _tally(self.read([_tally_key(key)])[0])
        tally = self.standing[key]
        add(tally, change, sign)
        tally.version = version

    def add_period(self, workspace: str, post: str, time: Millis, change: Net, version: int, sign: int = 1) -> None:
        """Add a change to the month that holds a time."""
        key = (workspace, post, months_of(np.array([time]))[0])
        if key not in self.periods:
            self.periods[key] = _tally(self.read([_period_key(key)])[0])
        period = self.periods[key]
        add(period, change, sign)
        period.version = version

    def cast(self, workspace: str, post: str, month: int, time: Millis, version: int) -> None:
        """A ballot named this post; it cast a vote then, or at 0 none."""
        for tally in (self.standing[workspace, post], self.periods[workspace, post, month]):
            tally.last_vote = max(tally.last_vote, time)
            tally.version = version

    def gain(self, gains: Gains) -> None:
        """Add what first votes add up to."""
        for (workspace, post, month, half_lives), gain in gains.items():
            gain.weight <<= half_lives
            for tally in (self.standing[workspace, post], self.periods[workspace, post, month]):
                add(tally, gain)
                tally.last_vote = max(tally.last_vote, gain.last_vote)
                tally.version = max(tally.version, gain.version)

    def seal(self, partition: int, changes: dict[bytes, bytes | None]) -> dict[str, list[Row]]:
        """The rows of what was changed, by table; its new state goes to `changes`."""
        stated = {
            TALLIES.name: self._seal_standing(partition, changes),
            TALLY_PERIODS.name: self._seal_periods(partition, changes),
        }
        self.standing, self.periods = {}, {}
        return stated

    def _seal_standing(self, partition: int, changes: dict[bytes, bytes | None]) -> list[Row]:
        stated: list[Row] = []
        for key, tally in self.standing.items():
            if tally.version < 0:
                continue
            changes[_tally_key(key)] = encode_tally(tally)
            standing = (tally.up, tally.down, tally.importance, trend.trend(tally.weight))
            stated.append((*key, partition, *standing, tally.last_vote, tally.version))
        return stated

    def _seal_periods(self, partition: int, changes: dict[bytes, bytes | None]) -> list[Row]:
        stated: list[Row] = []
        for key, period in self.periods.items():
            if period.version < 0:
                continue
            changes[_period_key(key)] = encode_tally(period)
            workspace, post, month = key
            day = _first_day(month)
            net = (period.up, period.down, period.importance, trend.relative(period.weight, day * DAY))
            stated.append((workspace, post, partition, day, *net, period.last_vote, period.version))
        return stated


@cache
def _first_day(month: int) -> int:
    """Of a month since January 1970, in days since then."""
    return int(np.datetime64(month, "M").astype("datetime64[D]").astype(np.int64))


def _tally(value: bytes | None) -> Tally:
    return Tally() if value is None else decode_tally(value)


def _tally_key(key: PostKey) -> bytes:
    return f"t{key[0]}\0{key[1]}".encode()


def _period_key(key: PeriodKey) -> bytes:
    return f"m{key[0]}\0{key[1]}\0{key[2]}".encode()
