"""The fold of the votes, one event at a time, from the same pure functions as the projection's."""

from collections.abc import MutableMapping
from typing import Protocol

import numpy as np

from events.ballots import CastData, decode_ballot
from events.times import Millis, parse_time
from projections.fold import Row
from projections.table import Table
from projections.votes import register as registers
from projections.votes import trend
from projections.votes.changes import VOTED
from projections.votes.register import Entry, Register, Revision, decode_register, encode_register
from projections.votes.tables import TALLIES, TALLY_PERIODS, VOTE_HISTORY, VOTES
from projections.votes.tally import Tally, add, decode_tally, encode_tally, net

Pair = tuple[str, str, str]
PostKey = tuple[str, str, int]
MonthKey = tuple[str, str, int, int]


class States(Protocol):
    """Where registers, tallies and months are kept between events."""

    def register(self, key: bytes) -> Register: ...
    def put_register(self, key: bytes, register: Register) -> None: ...
    def tally(self, key: bytes) -> Tally: ...
    def put_tally(self, key: bytes, tally: Tally) -> None: ...
    def period(self, key: bytes) -> Tally: ...
    def put_period(self, key: bytes, period: Tally) -> None: ...


class DictStates:
    """Plain dicts of objects."""

    def __init__(self) -> None:
        self._registers: dict[bytes, Register] = {}
        self._tallies: dict[bytes, Tally] = {}
        self._periods: dict[bytes, Tally] = {}

    def register(self, key: bytes) -> Register:
        return self._registers.get(key) or Register([])

    def put_register(self, key: bytes, register: Register) -> None:
        self._registers[key] = register

    def tally(self, key: bytes) -> Tally:
        return self._tallies.get(key) or Tally()

    def put_tally(self, key: bytes, tally: Tally) -> None:
        self._tallies[key] = tally

    def period(self, key: bytes) -> Tally:
        return self._periods.get(key) or Tally()

    def put_period(self, key: bytes, period: Tally) -> None:
        self._periods[key] = period


class EncodedStates:
    """Mappings of bytes, as Faust's tables are."""

    def __init__(
        self,
        stored_registers: MutableMapping[bytes, bytes],
        tallies: MutableMapping[bytes, bytes],
        periods: MutableMapping[bytes, bytes],
    ) -> None:
        self._registers = stored_registers
        self._tallies = tallies
        self._periods = periods

    def register(self, key: bytes) -> Register:
        value = self._registers.get(key)
        return Register([]) if value is None else decode_register(value)

    def put_register(self, key: bytes, register: Register) -> None:
        self._registers[key] = encode_register(register)

    def tally(self, key: bytes) -> Tally:
        value = self._tallies.get(key)
        return Tally() if value is None else decode_tally(value)

    def put_tally(self, key: bytes, tally: Tally) -> None:
        self._tallies[key] = encode_tally(tally)

    def period(self, key: bytes) -> Tally:
        value = self._periods.get(key)
        return Tally() if value is None else decode_tally(value)

    def put_period(self, key: bytes, period: Tally) -> None:
        self._periods[key] = encode_tally(period)


class StockFold:
    """States rows as the projection does: history of each event, and of what was touched its last."""

    def __init__(self, states: States) -> None:
        self._states = states
        self._begin()

    def _begin(self) -> None:
        self._history: list[Row] = []
        self._votes: dict[Pair, Row] = {}
        self._tallies: dict[PostKey, Row] = {}
        self._periods: dict[MonthKey, Row] = {}

    def take(self) -> list[tuple[Table, list[Row]]]:
        """The rows since the last call."""
        rows = [
            (VOTES, list(self._votes.values())),
            (VOTE_HISTORY, self._history),
            (TALLIES, list(self._tallies.values())),
            (TALLY_PERIODS, list(self._periods.values())),
        ]
        self._begin()
        return rows

    def fold(self, value: bytes, partition: int, offset: int, recorded: Millis) -> None:
        """Fold one event."""
        ballot = decode_ballot(value)
        workspace, post, data, time = ballot.source, ballot.subject, ballot.data, parse_time(ballot.time)
        key = f"{workspace}/{data.person}\0{post}".encode()
        register = self._states.register(key)
        if registers.find(register, ballot.id):
            return
        cast, importance = (data.value, data.importance) if isinstance(data, CastData) else (0, 0)
        entry = Entry(time, offset, recorded, cast, importance, time, ballot.id, data.by or "")
        tally_key = f"{workspace}\0{post}\0{partition}".encode()
        tally = self._states.tally(tally_key)
        stood = register.entries[-1] if register.entries else None
        withdrawn, stated = registers.insert(register, entry)
        last = register.entries[-1]
        add(tally, net(stood, last))
        if cast:
            tally.last_vote = max(tally.last_vote, time)
        tally.version = offset
        self._states.put_register(key, register)
        self._states.put_tally(tally_key, tally)
        for sign, revisions in ((-1, withdrawn), (1, stated)):
            for revision in revisions:
                self._revise(workspace, post, data.person, partition, offset, revision, sign)
        whose = (workspace, post, data.person)
        self._votes[whose] = (*whose, last.value, last.importance, last.since, last.recorded, last.by, 0, "", offset)
        standing = (tally.up, tally.down, tally.importance, trend.trend(tally.weight))
        self._tallies[workspace, post, partition] = (workspace, post, partition, *standing, tally.last_vote, offset)

    def _revise(
        self, workspace: str, post: str, person: str, partition: int, offset: int, revision: Revision, sign: int
    ) -> None:
        before, after = revision
        month, day = _month_of(after.time)
        key = f"{workspace}\0{post}\0{partition}\0{month}".encode()
        period = self._states.period(key)
        add(period, net(before, after), sign)
        if after.value:
            period.last_vote = max(period.last_vote, after.time)
        period.version = offset
        self._states.put_period(key, period)
        if sign < 0:
            return
        was = (0, 0, after.time) if before is None else (before.value, before.importance, before.since)
        self._history.append(
            (
                workspace, post, person, partition, after.offset, after.time, after.recorded, after.id, after.by,
                was[0], after.value, was[1], after.importance, was[2], after.since, after.value, 0, VOTED, "", offset,
            )
        )  # fmt: skip
        seen = trend.relative(period.weight, day * 24 * 3600 * 1000)
        totals = (period.up, period.down, period.importance, seen)
        self._periods[workspace, post, partition, month] = (
            workspace, post, partition, day, *totals, period.last_vote, offset,
        )  # fmt: skip


def _month_of(time: Millis) -> tuple[int, int]:
    """Months since 1970, and the day since 1970 on which the month begins."""
    month = np.datetime64(time, "ms").astype("datetime64[M]")
    return int(month.astype(np.int64)), int(month.astype("datetime64[D]").astype(np.int64))
