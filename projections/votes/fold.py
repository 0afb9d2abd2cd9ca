"""The fold of the ballots: registers, the history of each, tallies, and tallies by month.

Runs at some ten microseconds a vote, so the usual cases (a first vote, or one later than all before it) take a straight
path through plain integers; a late one goes through `register.insert`. So does one that could not be read in its place
and is retried: it is folded with its own offset and times, and what it changes is stated anew.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence, Set

import numpy as np

from events.ballots import CastData
from events.log.batch import RecordBatch
from events.position import Partition
from events.times import Millis
from projections.decoding import months_of
from projections.fold import Read, Rejected, Row, Sealed
from projections.votes import register as registers
from projections.votes import trend
from projections.votes.acceptance import Accepted, PeriodKey, RegisterKey, Retried, accept
from projections.votes.register import Entry, Register, Revision, decode_register, encode_register
from projections.votes.tables import TALLIES, TALLY_PERIODS, VOTE_HISTORY, VOTES
from projections.votes.tally import Tally, add, decode_tally, encode_tally, net

PostKey = tuple[str, str]
Whose = tuple[str, str, str, int]
"""Workspace, post and person of a register, and the offset of the record that touches it: the version of its rows."""

_DAY = 24 * 3600 * 1000


class VotesFold:
    """One partition of the ballots. State keys begin with r (registers), t (tallies) or m (months)."""

    def __init__(self, partition: Partition, partitions: int) -> None:
        self._partition = partition.partition
        self._partitions = partitions
        self._clear()

    def _clear(self) -> None:
        self._registers: dict[RegisterKey, Register] = {}
        self._touched: dict[RegisterKey, Whose] = {}
        self._tallies: dict[PostKey, Tally] = {}
        self._periods: dict[PeriodKey, Tally] = {}
        self._history: list[Row] = []

    def apply(self, batch: RecordBatch, read: Read) -> Sequence[Rejected]:
        """Fold the batch; see `projections.fold.Fold`."""
        self._read = read
        accepted, retried, months, rejected = accept(batch, self._partition, self._partitions)
        registers_ = {item[0] for item in accepted}
        registers_.update(item.ballot[0] for item in retried)
        self._load(registers_, months, read)
        start = 0
        for item in retried:
            # In the order of the log: versions only grow.
            stop = bisect_left(accepted, item.version, lo=start, key=_offset)
            self._fold(accepted[start:stop])
            self._fold_retried(item)
            start = stop
        self._fold(accepted[start:] if start else accepted)
        return rejected

    def _load(self, register_keys: Set[RegisterKey], months: Set[PeriodKey], read: Read) -> None:
        """Bring what the accepted ballots will need into memory, in one read."""
        registers_, tallies, periods = self._registers, self._tallies, self._periods
        # In order, as the store reads neighbours faster.
        missing_registers = sorted(register_keys - registers_.keys())
        missing_periods = [key for key in months if key not in periods]
        missing_posts = [key for key in {(key[0], key[1]) for key in months} if key not in tallies]
        values = iter(read([*missing_registers, *map(_tally_key, missing_posts), *map(_period_key, missing_periods)]))
        for register_key, value in zip(missing_registers, values, strict=False):
            registers_[register_key] = Register([]) if value is None else decode_register(value)
        for post_key, value in zip(missing_posts, values, strict=False):
            tallies[post_key] = Tally() if value is None else decode_tally(value)
        for period_key, value in zip(missing_periods, values, strict=False):
            periods[period_key] = Tally() if value is None else decode_tally(value)

    def _fold(self, accepted: Iterable[Accepted]) -> None:
        """Fold them one by one. A person's first vote on a post, by far the usual case, goes the straight way."""
        registers_, tallies, periods, touched = self._registers, self._tallies, self._periods, self._touched
        state, partition = self._history.append, self._partition
        for item in accepted:
            register_key, ballot, time, month, offset, recorded = item
            entries = registers_[register_key].entries
            if entries:
                self._fold_again(item)
                continue
            workspace, post, data, event_id = ballot.source, ballot.subject, ballot.data, ballot.id
            person, by = data.person, data.by or ""
            tally, period = tallies[workspace, post], periods[workspace, post, month]
            value = importance = 0
            if type(data) is CastData:
                value, importance = data.value, data.importance
                if value > 0:
                    weight = trend.weight(time)
                    tally.up += 1
                    tally.importance += importance
                    tally.weight += weight
                    period.up += 1
                    period.importance += importance
                    period.weight += weight
                else:
                    tally.down += 1
                    period.down += 1
                if time > period.last_vote:
                    period.last_vote = time
                    tally.last_vote = max(tally.last_vote, time)
            tally.version = period.version = offset
            entries.append(Entry(time, offset, recorded, value, importance, time, event_id, by))
            touched[register_key] = (workspace, post, person, offset)
            state(
                (
                    workspace, post, person, partition, offset, time, recorded, event_id, by,
                    0, value, 0, importance, time, time, offset,
                )
            )  # fmt: skip

    def _fold_again(self, item: Accepted) -> None:
        """Fold a ballot onto a register that has a timeline."""
        register_key, ballot, time, month, offset, recorded = item
        register = self._registers[register_key]
        if registers.find(register, ballot.id):
            return
        workspace, post, data = ballot.source, ballot.subject, ballot.data
        value, importance = (data.value, data.importance) if isinstance(data, CastData) else (0, 0)
        whose = (workspace, post, data.person, offset)
        tally, period = self._tallies[workspace, post], self._periods[workspace, post, month]
        last = register.entries[-1]
        since = last.since if value == last.value and time >= last.time else time
        entry = Entry(time, offset, recorded, value, importance, since, ballot.id, data.by or "")
        if time >= last.time:
            register.entries.append(entry)
            registers.trim(register)
            change = net(last, entry)
            add(tally, change)
            add(period, change)
            self._state(whose, last, entry)
        elif registers.is_before_horizon(register, time, offset):
            self._state(whose, entry, entry)
        else:
            withdrawn, stated = registers.insert(register, entry)
            add(tally, net(last, register.entries[-1]))
            self._revise(whose, withdrawn, stated)
        if value:
            tally.last_vote = max(tally.last_vote, time)
            period.last_vote = max(period.last_vote, time)
        tally.version = period.version = offset
        self._touched[register_key] = whose

    def _fold_retried(self, item: Retried) -> None:
        """Fold a ballot as if it had been read in its place; its rows say from now on what they would have said."""
        register_key, ballot, time, month, offset, recorded = item.ballot
        register = self._registers[register_key]
        if registers.find(register, ballot.id) or registers.is_before_horizon(register, time, offset):
            return  # it was folded, or nobody knows any more whether it was
        workspace, post, data = ballot.source, ballot.subject, ballot.data
        value, importance = (data.value, data.importance) if isinstance(data, CastData) else (0, 0)
        whose = (workspace, post, data.person, item.version)
        tally, period = self._tallies[workspace, post], self._periods[workspace, post, month]
        last = register.entries[-1] if register.entries else None
        entry = Entry(time, offset, recorded, value, importance, time, ballot.id, data.by or "")
        withdrawn, stated = registers.insert(register, entry)
        add(tally, net(last, register.entries[-1]))
        self._revise(whose, withdrawn, stated)
        if value:
            tally.last_vote = max(tally.last_vote, time)
            period.last_vote = max(period.last_vote, time)
        tally.version = period.version = item.version
        self._touched[register_key] = whose

    def _revise(self, whose: Whose, withdrawn: Iterable[Revision], stated: Iterable[Revision]) -> None:
        """Move the months' tallies from the revisions that no longer hold to those that do, and state their rows."""
        for sign, revisions in ((-1, withdrawn), (1, stated)):
            for before, after in revisions:
                period = self._period(whose, after.time)
                add(period, net(before, after), sign)
                period.version = whose[3]
                if sign > 0:
                    self._state(whose, before, after)

    def _period(self, whose: Whose, time: Millis) -> Tally:
        """The tally of the month that holds a time, for a late ballot that reaches into other months than its own."""
        key = (whose[0], whose[1], months_of(np.array([time]))[0])
        period = self._periods.get(key)
        if period is None:
            value = self._read([_period_key(key)])[0]
            period = self._periods[key] = Tally() if value is None else decode_tally(value)
        return period

    def _state(self, whose: Whose, before: Entry | None, after: Entry) -> None:
        """State the history row of an entry."""
        workspace, post, person, version = whose
        was = (0, 0, after.time) if before is None else (before.value, before.importance, before.since)
        self._history.append(
            (
                workspace, post, person, self._partition, after.offset, after.time, after.recorded, after.id, after.by,
                was[0], after.value, was[1], after.importance, was[2], after.since, version,
            )
        )  # fmt: skip

    def seal(self) -> Sealed:
        """Hand out rows and changes; see `projections.fold.Fold`."""
        changes: dict[bytes, bytes] = {}
        votes: list[Row] = []
        for register_key, (workspace, post, person, version) in self._touched.items():
            register = self._registers[register_key]
            changes[register_key] = encode_register(register)
            last = register.entries[-1]
            votes.append(
                (workspace, post, person, last.value, last.importance, last.since, last.recorded, last.by, version)
            )
        rows = {
            VOTES.name: votes,
            VOTE_HISTORY.name: self._history,
            TALLIES.name: self._seal_tallies(changes),
            TALLY_PERIODS.name: self._seal_periods(changes),
        }
        self._clear()
        return Sealed({name: stated for name, stated in rows.items() if stated}, changes)

    def _seal_tallies(self, changes: dict[bytes, bytes]) -> list[Row]:
        rows: list[Row] = []
        for key, tally in self._tallies.items():
            if tally.version < 0:
                continue
            changes[_tally_key(key)] = encode_tally(tally)
            standing = (tally.up, tally.down, tally.importance, trend.trend(tally.weight))
            rows.append((*key, self._partition, *standing, tally.last_vote, tally.version))
        return rows

    def _seal_periods(self, changes: dict[bytes, bytes]) -> list[Row]:
        rows: list[Row] = []
        for key, period in self._periods.items():
            if period.version < 0:
                continue
            changes[_period_key(key)] = encode_tally(period)
            workspace, post, month = key
            day = int(np.datetime64(month, "M").astype("datetime64[D]").astype(np.int64))
            seen = trend.relative(period.weight, day * _DAY)
            net = (period.up, period.down, period.importance, seen)
            rows.append((workspace, post, self._partition, day, *net, period.last_vote, period.version))
        return rows


def _offset(item: Accepted) -> int:
    return item[4]


def _tally_key(key: PostKey) -> bytes:
    return f"t{key[0]}\0{key[1]}".encode()


def _period_key(key: PeriodKey) -> bytes:
    return f"m{key[0]}\0{key[1]}\0{key[2]}".encode()
