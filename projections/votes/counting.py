"""What of a person's votes counts, and for which post: the votes on bound posts under the rules of their workspace.

Pure: timelines and rules go in, the changes that follow come out, each at the time when it happened. So whatever order
things arrive in, the same timelines and rules give the same changes.

- Votes on a post that was merged into another count for the *root* that it went into. From the merge on, the posts of a
  group share one standing: the last vote given on any of them. At the merge itself, of the votes that stand the one
  given last is the one that stands; dates stay as they were.
- An unmerge gives back exactly: from then on all is as if that merge had never been.
- A board may have a budget: of a person's standing votes there (in all, or of those cast in one calendar period) so
  many count, the oldest first; the others *wait*, and count as soon as there is room.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import NamedTuple

from events.rulings import Period
from events.times import Millis
from projections.votes.changes import (
    BUDGET,
    MERGED,
    NOTHING,
    UNMERGED,
    VOTED,
    Change,
    ChangeKey,
    Moment,
    Shown,
    Side,
    Standing,
)
from projections.votes.register import Entry, Register
from projections.votes.rules import Concerning, Rule


class _Vote(NamedTuple):
    """A step: a vote on a post. A `settled` one began before what is remembered: it states nothing."""

    moment: Moment
    post: str
    entry: Entry
    settled: bool


class _Ruled(NamedTuple):
    """A step: a rule begins to hold; `post` is the one that it places."""

    moment: Moment
    rule: Rule
    post: str


_Step = _Vote | _Ruled
_Cause = tuple[Millis, int, Millis, str, str, int]


class Counting:
    """One person's votes on bound posts, gone through in order. `changes` is all that happened, by key."""

    def __init__(self, registers: Mapping[str, Register], rules: Concerning) -> None:
        """Go through what stands in these timelines (by post) under the rules that concern them."""
        self.changes: dict[ChangeKey, Change] = {}
        self._steps: list[_Step] = sorted([*_votes(registers), *_ruled(rules)], key=_moment)
        self._undone: set[int] = set()
        self._forget()
        for number, step in enumerate(self._steps):
            self._take(number, step)

    def _forget(self) -> None:
        self._stands: dict[str, Standing] = {}
        self._merges: dict[str, tuple[str, int]] = {}
        self._boards: dict[str, str] = {}
        self._budgets: dict[str, tuple[int, Period]] = {}
        self._over: set[str] = set()
        self._shown: dict[str, Shown] = {}

    def is_next(self, entry: Entry) -> bool:
        """Whether it comes after everything so far."""
        return not self._steps or (entry.time, entry.offset) > self._steps[-1].moment

    def advance(self, post: str, entry: Entry) -> list[Change]:
        """Go on with a vote that `is_next`: the changes that it makes."""
        step = _Vote((entry.time, entry.offset), post, entry, False)
        self._steps.append(step)
        known = len(self.changes)
        self._take(len(self._steps) - 1, step)
        return list(islice(reversed(self.changes.values()), len(self.changes) - known))

    def shown(self, post: str) -> Shown | None:
        """What counts on a post now; None where nothing ever did, nor waited."""
        return self._shown.get(post)

    def _take(self, number: int, step: _Step) -> None:
        if isinstance(step, _Vote):
            self._vote(step)
            return
        rule = step.rule
        if rule.kind == "merged":
            touched, cause = self._merge(number, rule), MERGED
        elif rule.kind == "unmerged":
            touched, cause = self._unmerge(number, rule.subject), UNMERGED
        else:
            touched, cause = self._budget(step), BUDGET
        self._settle(touched, (rule.time, rule.offset, rule.recorded, rule.id, "", cause))

    def _vote(self, step: _Vote) -> None:
        entry, root = step.entry, self._root(step.post)
        via = step.post if step.post != root else ""
        self._stand(root, entry, via, step.settled)
        if step.settled:
            touched = {root} | self._judge({self._boards.get(root)})
            for post in touched:
                self._shown[post] = self._show(post, entry.time, entry.recorded)
            return
        cause = (entry.time, entry.offset, entry.recorded, entry.id, entry.by, VOTED)
        self._settle({root}, cause, root=root, named=step.post, said=entry.value)

    def _stand(self, root: str, entry: Entry, via: str, settled: bool) -> None:
        """Let a vote stand on a root."""
        was, given = self._stands.get(root), (entry.time, entry.offset)
        since, stood = entry.time, given
        if settled and was is None:
            since, stood = entry.since, (entry.since, -1)
        elif was is not None and was.value == entry.value:
            since, stood = was.since, was.stood
        elif was is not None and was.value and entry.value:
            stood = was.stood
        self._stands[root] = Standing(entry.value, entry.importance, since, stood, given, entry.recorded, entry.by, via)

    def _merge(self, number: int, rule: Rule) -> set[str]:
        child, root = rule.subject, self._root(rule.into)
        if child in self._merges or root == child:
            return set()  # the ledger admits no such thing
        self._merges[child] = (rule.into, number)
        given, there = self._stands.pop(child, None), self._stands.get(root)
        if given is not None and given.value and (there is None or not there.value or given.given > there.given):
            self._stands[root] = given._replace(via=given.via or child)
        return {child, root}

    def _unmerge(self, number: int, child: str) -> set[str]:
        merge = self._merges.get(child)
        if merge is None:
            return set()
        self._undone.add(merge[1])
        was, shown, over = self._stands, self._shown, self._over
        self._forget()
        for each, step in enumerate(self._steps[:number]):
            self._go_through(each, step)
        self._shown, self._over = shown, over
        return {post for post in was.keys() | self._stands.keys() if was.get(post) != self._stands.get(post)} | {child}

    def _go_through(self, number: int, step: _Step) -> None:
        """A step as if what was undone had never been; only how things stand comes of it."""
        if isinstance(step, _Vote):
            root = self._root(step.post)
            self._stand(root, step.entry, step.post if step.post != root else "", step.settled)
        elif step.rule.kind == "merged":
            if number not in self._undone:
                self._merge(number, step.rule)
        elif step.rule.kind != "unmerged":
            self._budget(step)

    def _budget(self, step: _Ruled) -> set[str]:
        rule = step.rule
        if rule.kind == "placed":
            before = self._boards.get(step.post)
            self._boards[step.post] = rule.subject
            return {step.post, *self._standing_on({before})}
        if rule.votes is None:
            self._budgets.pop(rule.subject, None)
        else:
            self._budgets[rule.subject] = (rule.votes, rule.period)
        return set(self._standing_on({rule.subject}))

    def _settle(self, touched: set[str], cause: _Cause, *, root: str = "", named: str = "", said: int = 0) -> None:
        """State what a step changed: on the posts that it touched, and on those that have room because of it.

        A vote is stated on the post that it names, whatever it changed there.
        """
        touched = touched | self._judge({self._boards.get(post) for post in touched})
        if named:
            touched.add(named)
        for post in touched:
            was, shown = self._shown.get(post), self._show(post, cause[0], cause[2])
            changed = shown != was if was is not None else bool(shown.side.value or shown.waiting.value)
            if changed or post == named:
                self._shown[post] = shown
                why = BUDGET if cause[5] == VOTED and post not in (root, named) else cause[5]
                before = Side(0, 0, cause[0]) if was is None else was.side
                self._state(post, before, shown, (*cause[:5], why), said if post == named else 0)

    def _state(self, post: str, before: Side, shown: Shown, cause: _Cause, said: int) -> None:
        time, offset, recorded, id, by, why = cause
        key = (post, time, offset)
        earlier = self.changes.get(key)
        if earlier is not None:  # one rule places several posts, and each takes room from the others
            before = earlier.before
        self.changes[key] = Change(post, time, offset, recorded, id, by, before, shown, said, why)

    def _show(self, post: str, time: Millis, recorded: Millis) -> Shown:
        stands, was = self._stands.get(post), self._shown.get(post)
        if stands is not None:
            side, behind = Side(stands.value, stands.importance, stands.since), (stands.recorded, stands.by, stands.via)
            if post not in self._over:
                return Shown(side, NOTHING, *behind)
            return Shown(self._none_since(was, time), side, *behind)
        if was is not None and not was.side.value and not was.waiting.value:
            return was
        return Shown(self._none_since(was, time), NOTHING, recorded, "", "")

    @staticmethod
    def _none_since(was: Shown | None, time: Millis) -> Side:
        """Nothing, for as long as there was nothing."""
        return was.side if was is not None and not was.side.value else Side(0, 0, time)

    def _judge(self, boards: "set[str | None]") -> set[str]:
        """Say anew which votes on these boards are over budget; the posts where that changed."""
        standing = self._standing_on(boards)
        over: set[str] = set()
        counts: dict[tuple[str, int], int] = {}
        for post in sorted(standing, key=lambda post: (self._stands[post].stood, post)):
            board = self._boards[post]
            budget = self._budgets.get(board)
            if budget is None:
                continue
            votes, period = budget
            bucket = board, _period_of(self._stands[post].stood[0], period)
            counts[bucket] = counts.get(bucket, 0) + 1
            if counts[bucket] > votes:
                over.add(post)
        gone = {post for post in self._over if post not in standing and self._boards.get(post) in boards}
        changed = (over ^ (self._over & standing)) | gone
        self._over = (self._over - standing - gone) | over
        return changed

    def _standing_on(self, boards: "set[str | None]") -> set[str]:
        return {
            post
            for post, stands in self._stands.items()
            if stands.value and (board := self._boards.get(post)) is not None and board in boards
        }

    def _root(self, post: str) -> str:
        while post in self._merges:
            post = self._merges[post][0]
        return post


def _votes(registers: Mapping[str, Register]) -> Iterable[_Vote]:
    for post, register in registers.items():
        for index, entry in enumerate(register.entries):
            yield _Vote((entry.time, entry.offset), post, entry, index == 0 and register.folded > 0)


def _ruled(rules: Concerning) -> Iterable[_Ruled]:
    for rule in (*rules.merging, *rules.budgeting):
        yield _Ruled((rule.time, rule.offset), rule, "")
    for rule, post in rules.placing:
        yield _Ruled((rule.time, rule.offset), rule, post)


def _moment(step: _Step) -> tuple[Millis, int, str]:
    return *step.moment, step.post  # one rule may place several posts


def _period_of(time: Millis, period: Period) -> int:
    """Which period of its kind a time is in, in UTC."""
    if period == "all":
        return 0
    moment = datetime.fromtimestamp(time / 1000, UTC)
    if period == "year":
        return moment.year
    months = moment.year * 12 + moment.month - 1
    return months if period == "month" else months // 3
