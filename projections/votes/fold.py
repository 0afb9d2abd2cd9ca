"""The fold of the ballots: registers, the history of each, tallies, and tallies by month.

Runs at some ten microseconds a vote, so the usual cases (a first vote, or one later than all before it, on a post that
no rule speaks of) take a straight path through plain integers; a late one goes through `register.insert`, one on a
bound post through `projections.votes.ruled`. One that could not be read in its place and is retried is folded with its
own offset and times, and what it changes is stated anew.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence, Set

from events.ballots import CastData
from events.log.batch import RecordBatch
from events.position import Partition
from projections.fold import Read, Rejected, Sealed
from projections.votes import register as timelines
from projections.votes import rows, trend
from projections.votes.acceptance import Accepted, Retried, Ruled, accept
from projections.votes.register import Entry, Revision
from projections.votes.registers import History, RegisterKey, Registers
from projections.votes.rows import Whose
from projections.votes.ruled import RuledVotes, Touching
from projections.votes.tables import VOTE_CORRECTIONS, VOTE_HISTORY, VOTES
from projections.votes.tallies import Gains, PeriodKey, Tallies
from projections.votes.tally import Tally, add, net


class VotesFold:
    """One partition of the ballots.

    State keys begin with r (registers), t (tallies), m (months), x (rules) or i (which bound posts a person voted on).
    """

    def __init__(self, partition: Partition, partitions: int) -> None:
        self._partition = partition.partition
        self._partitions = partitions
        self._registers = Registers()
        self._tallies = Tallies()
        self._history = History()
        self._ruled = RuledVotes(self._partition, self._registers, self._tallies, self._history)

    def apply(self, batch: RecordBatch, read: Read) -> Sequence[Rejected]:
        """Fold the batch; see `projections.fold.Fold`."""
        self._registers.read = self._tallies.read = read
        self._ruled.open(read)
        accepted, apart, months, rejected = accept(batch, self._partition, self._partitions)
        keys = {item[0] for item in accepted}
        keys.update(item.ballot[0] for item in apart if isinstance(item, Retried))
        self._load(keys, months, read)
        start = 0
        for item in apart:
            # In the order of the log: versions only grow.
            stop = bisect_left(accepted, item.version, lo=start, key=_offset)
            self._fold(accepted[start:stop])
            if isinstance(item, Ruled):
                self._ruled.rule(item.workspace, item.rule)
            else:
                self._fold_retried(item)
            start = stop
        self._fold(accepted[start:] if start else accepted)
        return rejected

    def _load(self, keys: Set[RegisterKey], months: Set[PeriodKey], read: Read) -> None:
        """Bring what the accepted ballots will need into memory, in one read."""
        missing, wanted = self._registers.missing(keys), self._tallies.missing(months)
        values = read([*missing, *wanted.keys])
        self._registers.put(missing, values[: len(missing)])
        self._tallies.put(wanted, values[len(missing) :])

    def _fold(self, accepted: Sequence[Accepted]) -> None:
        """Fold them one by one. A person's first vote on a free post, by far the usual case, goes the straight way."""
        firsts, loaded, bound = self._registers.firsts, self._registers.loaded, self._ruled.bound
        gains: Gains = defaultdict(Tally)
        state, partition = self._history.rows.append, self._partition
        weights = trend.weights([time for _, _, time, _, _, _ in accepted])
        for item, half_lives, weight in zip(accepted, *weights, strict=True):
            key, ballot, time, month, offset, recorded = item
            workspace, post = ballot.source, ballot.subject
            if bound and (workspace, post) in bound:
                self._fold_ruled(item)
                continue
            if key in loaded or key in firsts:
                self._fold_again(item)
                continue
            data, event_id = ballot.data, ballot.id
            person, by = data.person, data.by or ""
            gain = gains[workspace, post, month, half_lives]
            value = importance = 0
            if type(data) is CastData:
                value, importance = data.value, data.importance
                if value > 0:
                    gain.up += 1
                    gain.importance += importance
                    gain.weight += weight
                else:
                    gain.down += 1
                if time > gain.last_vote:  # noqa: PLR1730 - a call costs more
                    gain.last_vote = time
            gain.version = offset
            first = firsts[key] = (
                workspace, post, person, partition, offset, time, recorded, event_id, by,
                0, value, 0, importance, time, time, value, 0, 0, "", offset,
            )  # fmt: skip
            state(first)
        self._tallies.gain(gains)

    def _fold_again(self, item: Accepted) -> None:
        """Fold a ballot onto a register that has a timeline."""
        key, ballot, time, month, offset, recorded = item
        register = self._registers.at(key)
        if timelines.find(register, ballot.id):
            return
        workspace, post, data = ballot.source, ballot.subject, ballot.data
        value, importance = (data.value, data.importance) if isinstance(data, CastData) else (0, 0)
        whose = (workspace, post, data.person)
        tally, period = self._tallies.standing[workspace, post], self._tallies.periods[workspace, post, month]
        last = register.entries[-1] if register.entries else None
        is_last = last is None or time >= last.time
        since = last.since if last is not None and is_last and value == last.value else time
        entry = Entry(time, offset, recorded, value, importance, since, ballot.id, data.by or "")
        if is_last:
            register.entries.append(entry)
            timelines.trim(register)
            change = net(last, entry)
            add(tally, change)
            add(period, change)
            self._history.rows.append(rows.history_of(whose, self._partition, Revision(last, entry), offset))
        elif timelines.is_before_horizon(register, time, offset):
            self._history.rows.append(rows.history_of(whose, self._partition, Revision(entry, entry), offset))
        else:
            self._insert(whose, entry, offset)
        self._tallies.cast(workspace, post, month, time if value else 0, offset)
        self._registers.touched[key] = (whose, offset)

    def _fold_retried(self, item: Retried) -> None:
        """Fold a ballot as if it had been read in its place; its rows say from now on what they would have said."""
        key, ballot, time, month, offset, recorded = item.ballot
        workspace, post, data = ballot.source, ballot.subject, ballot.data
        if (workspace, post) in self._ruled.bound:
            self._fold_ruled(item.ballot, item.version)
            return
        register = self._registers.at(key)
        if timelines.find(register, ballot.id) or timelines.is_before_horizon(register, time, offset):
            return  # it was folded, or nobody knows any more whether it was
        value, importance = (data.value, data.importance) if isinstance(data, CastData) else (0, 0)
        whose = (workspace, post, data.person)
        self._insert(
            whose, Entry(time, offset, recorded, value, importance, time, ballot.id, data.by or ""), item.version
        )
        self._tallies.cast(workspace, post, month, time if value else 0, item.version)
        self._registers.touched[key] = (whose, item.version)

    def _insert(self, whose: Whose, entry: Entry, version: int) -> None:
        """Put an entry among those of a register, and state what its neighbours say from now on."""
        workspace, post, _ = whose
        register = self._registers.of(*whose)
        last = register.entries[-1] if register.entries else None
        withdrawn, stated = timelines.insert(register, entry)
        add(self._tallies.standing[workspace, post], net(last, register.entries[-1]))
        for revision in withdrawn:
            self._tallies.add_period(workspace, post, revision.after.time, net(*revision), version, -1)
            if revision.after.offset != entry.offset:
                self._history.correct(rows.history_of(whose, self._partition, revision, version), entry.recorded)
        for revision in stated:
            self._tallies.add_period(workspace, post, revision.after.time, net(*revision), version)
            self._history.rows.append(rows.history_of(whose, self._partition, revision, version))
        timelines.trim(register)

    def _fold_ruled(self, item: Accepted, retry: int | None = None) -> None:
        """Fold a ballot on a bound post, whose rows have the version of its own offset or of its retry's."""
        _, ballot, time, month, offset, recorded = item
        workspace, post, data = ballot.source, ballot.subject, ballot.data
        value, importance = (data.value, data.importance) if isinstance(data, CastData) else (0, 0)
        entry = Entry(time, offset, recorded, value, importance, time, ballot.id, data.by or "")
        version = offset if retry is None else retry
        if self._ruled.vote((workspace, post, data.person), entry, Touching(version, recorded)):
            self._tallies.cast(workspace, post, month, time if value else 0, version)

    def seal(self) -> Sealed:
        """Hand out rows and changes; see `projections.fold.Fold`."""
        changes: dict[bytes, bytes | None] = {}
        votes = self._registers.seal(self._ruled.seal(changes), changes)
        history, corrections = self._history.seal()
        stated = {
            VOTES.name: votes,
            VOTE_HISTORY.name: history,
            VOTE_CORRECTIONS.name: corrections,
            **self._tallies.seal(self._partition, changes),
        }
        return Sealed({table: stated_rows for table, stated_rows in stated.items() if stated_rows}, changes)


def _offset(item: Accepted) -> int:
    return item[4]
