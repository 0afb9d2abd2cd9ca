"""Votes on bound posts, and what a new rule makes of them: `counting` before and after, and rows for what differs."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from events.times import Millis
from projections.fold import Read, Row
from projections.votes import register as timelines
from projections.votes import rows
from projections.votes.changes import NOTHING, Change, Shown, Side
from projections.votes.counting import Counting
from projections.votes.register import Entry, Register, Revision
from projections.votes.registers import History, Registers
from projections.votes.rows import Whose
from projections.votes.rules import Rule, Rules, decode_rule, encode_rule
from projections.votes.tallies import Tallies
from projections.votes.tally import net

_encode_posts = msgspec.msgpack.Encoder().encode
_decode_posts = msgspec.msgpack.Decoder(set[str]).decode


class Touching(NamedTuple):
    """The record that changes something: its offset, the version of the rows; and when it was recorded."""

    version: int
    recorded: Millis


class RuledVotes:
    """The bound posts of one partition. State keys begin with x (rules) or i (a person's bound posts)."""

    def __init__(self, partition: int, registers: Registers, tallies: Tallies, history: History) -> None:
        self._partition = partition
        self._registers = registers
        self._tallies = tallies
        self._history = history
        self._opened = False
        self._rules: dict[str, Rules] = {}
        self._taken: dict[bytes, bytes] = {}
        self.bound: set[tuple[str, str]] = set()
        """Workspace and post of what some rule speaks of."""
        self._clear()

    def _clear(self) -> None:
        self._posts: dict[tuple[str, str], set[str]] = {}
        self._grown: set[tuple[str, str]] = set()
        self._countings: dict[tuple[str, str], Counting] = {}
        self._stated: dict[Whose, Row] = {}

    def open(self, read: Read) -> None:
        """Read the rules, once: from then on whoever asks here made them."""
        if self._opened:
            return
        self._opened = True
        for key, value in read.scan(b"x"):
            self._take(key[1:].split(b"\0")[0].decode(), decode_rule(value))

    def rule(self, workspace: str, rule: Rule) -> None:
        """Take a rule, and count anew what it concerns."""
        rules = self._rules.setdefault(workspace, Rules())
        if rules.is_known(rule):
            return
        persons: dict[str, set[str]] = {}
        for post in rules.touched_by(rule):
            for person in self._registers.persons_on(workspace, post):
                persons.setdefault(person, set()).add(post)
        under = {}
        for person, posts in persons.items():
            self._bind(workspace, person, posts)
            said = self._said(workspace, person)
            under[person] = (said, rules.concerning(said))
        self._take(workspace, rule)
        self._taken[f"x{workspace}\0{rule.offset:020d}".encode()] = encode_rule(rule)
        for person, (said, concerning) in under.items():
            before, after = Counting(said, concerning), Counting(said, rules.concerning(said))
            self._differ(workspace, person, before, after, Touching(rule.offset, rule.recorded), rule.offset)
            self._countings.pop((workspace, person), None)

    def vote(self, whose: Whose, entry: Entry, touching: Touching) -> bool:
        """Fold a vote on a bound post; whether it was one that nobody knew."""
        workspace, post, person = whose
        register = self._registers.of(*whose)
        if timelines.find(register, entry.id):
            return False
        if timelines.is_before_horizon(register, entry.time, entry.offset):
            if touching.version != entry.offset:
                return False  # retried: nobody knows any more whether it was folded
            self._history.rows.append(rows.history_of(whose, self._partition, Revision(entry, entry), touching.version))
            return True
        self._bind(workspace, person, {post})
        counting = self._counting(workspace, person)
        timelines.insert(register, entry)
        self._registers.touch(whose, touching.version)
        if counting.is_next(entry):
            self._state(workspace, person, counting, counting.advance(post, entry), touching.version)
        else:
            after = self._count(workspace, person)
            self._differ(workspace, person, counting, after, touching, entry.offset)
            self._countings[workspace, person] = after
        if timelines.trim(register):
            self._countings.pop((workspace, person))
        return True

    def seal(self, changes: dict[bytes, bytes | None]) -> Mapping[Whose, Row]:
        """How persons stand on bound posts, where that was changed; the new state goes to `changes`."""
        changes.update(self._taken)
        changes.update((_index_key(*key), _encode_posts(sorted(self._posts[key]))) for key in self._grown)
        stated, self._taken = self._stated, {}
        self._clear()
        return stated

    def _take(self, workspace: str, rule: Rule) -> None:
        self._rules.setdefault(workspace, Rules()).take(rule)
        self.bound.update((workspace, post) for post in rule.binds)

    def _bind(self, workspace: str, person: str, posts: set[str]) -> None:
        """Remember that the person voted on these bound posts."""
        key = (workspace, person)
        known = self._posts.get(key)
        if known is None:
            value = self._registers.read([_index_key(*key)])[0]
            known = self._posts[key] = set() if value is None else _decode_posts(value)
        if not posts <= known:
            known |= posts
            self._grown.add(key)
            self._countings.pop(key, None)

    def _said(self, workspace: str, person: str) -> dict[str, Register]:
        """What the person said about every bound post."""
        posts = sorted(self._posts[workspace, person])
        return {post: self._registers.of(workspace, post, person) for post in posts}

    def _count(self, workspace: str, person: str) -> Counting:
        said = self._said(workspace, person)
        return Counting(said, self._rules[workspace].concerning(said))

    def _counting(self, workspace: str, person: str) -> Counting:
        key = (workspace, person)
        if key not in self._countings:
            self._countings[key] = self._count(*key)
        return self._countings[key]

    def _state(self, workspace: str, person: str, counting: Counting, changes: Iterable[Change], version: int) -> None:
        """State changes that are new."""
        for change in changes:
            self._history.rows.append(rows.ruled_history_of(workspace, person, self._partition, change, version))
            self._tally(workspace, change, version)
            self._stand((workspace, change.post, person), counting, version)

    def _differ(
        self, workspace: str, person: str, before: Counting, after: Counting, touching: Touching, offset: int
    ) -> None:
        """State what is otherwise than it was; `offset` is that of what made it so, whose own rows are new."""
        version = touching.version
        for key in sorted(before.changes.keys() | after.changes.keys()):
            was, now = before.changes.get(key), after.changes.get(key)
            if was == now:
                continue
            if was is not None:
                self._tally(workspace, was, version, -1)
            if now is not None:
                self._tally(workspace, now, version)
            told = now or _nothing(was)
            self._history.rows.append(rows.ruled_history_of(workspace, person, self._partition, told, version))
            if told.offset != offset:
                said = was or _nothing(now)
                row = rows.ruled_history_of(workspace, person, self._partition, said, version)
                self._history.correct(row, touching.recorded)
            self._stand((workspace, told.post, person), after, version)

    def _tally(self, workspace: str, change: Change, version: int, sign: int = 1) -> None:
        added = net(change.before, change.shown.side)
        if any(added):
            self._tallies.add_standing(workspace, change.post, added, version, sign)
            self._tallies.add_period(workspace, change.post, change.time, added, version, sign)

    def _stand(self, whose: Whose, counting: Counting, version: int) -> None:
        """State how the person stands on a post that something was changed on."""
        shown = counting.shown(whose[1]) or Shown(NOTHING, NOTHING, 0, "", "")
        self._stated[whose] = rows.vote_of(whose, shown, version)


def _nothing(change: Change | None) -> Change:
    """A change that is none, in the place of one."""
    assert change is not None
    none = Side(0, 0, change.time)
    return change._replace(before=none, shown=Shown(none, NOTHING, change.recorded, "", ""), said=0)


def _index_key(workspace: str, person: str) -> bytes:
    return f"i{workspace}\0{person}".encode()
