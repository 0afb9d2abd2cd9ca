"""What rules the votes of a workspace: which post went into which, what stands on a board with a budget, the budgets.

Rules come from rulings (`events.rulings`) and are never forgotten: what was merged and unmerged again was so for a
while, and `as_of` may ask about it. A post that any rule speaks of is *bound*: votes on it are counted by
`projections.votes.counting`. All others, by far the most, are free.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple

import msgspec

from events.rulings import BoardBudgeted, Period, PostMerged, PostsPlaced, PostUnmerged, Ruling
from events.times import Millis


class Rule(msgspec.Struct, frozen=True, array_like=True):
    """A ruling as the state keeps it: since when it holds, where and when it was recorded, and what it says.

    `subject` is the merged post, or the board; `into` the post that it went into; `posts` are those placed.
    """

    time: Millis
    offset: int
    recorded: Millis
    id: str
    ledger: int
    number: int
    kind: Literal["merged", "unmerged", "placed", "budgeted"]
    subject: str
    into: str = ""
    posts: tuple[str, ...] = ()
    votes: int | None = None
    period: Period = "all"

    @property
    def binds(self) -> tuple[str, ...]:
        """The posts that it speaks of."""
        if self.kind == "placed":
            return self.posts
        return (self.subject, self.into) if self.kind == "merged" else ()


encode_rule = msgspec.msgpack.Encoder().encode
decode_rule = msgspec.msgpack.Decoder(Rule).decode


def to_rule(ruling: Ruling, time: Millis, offset: int, recorded: Millis) -> Rule:
    """The rule of a ruling that stands at an offset."""
    place = (time, offset, recorded, ruling.id, ruling.data.ledger, ruling.data.number)
    match ruling:
        case PostMerged():
            return Rule(*place, "merged", ruling.subject, into=ruling.data.into)
        case PostUnmerged():
            return Rule(*place, "unmerged", ruling.subject)
        case PostsPlaced():
            return Rule(*place, "placed", ruling.subject, posts=ruling.data.posts)
        case BoardBudgeted():
            return Rule(*place, "budgeted", ruling.subject, votes=ruling.data.votes, period=ruling.data.period)


class Concerning(NamedTuple):
    """The rules that some posts are under, in no order: merges, and the boards of posts and their budgets."""

    merging: tuple[Rule, ...]
    placing: tuple[tuple[Rule, str], ...]
    """A rule and the one of its posts that is meant."""
    budgeting: tuple[Rule, ...]


class Rules:
    """The rules of one workspace, as one partition knows them."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._last = (-1, -1)
        self._groups: dict[str, set[str]] = {}
        self._merging: dict[str, list[Rule]] = defaultdict(list)
        self._placing: dict[str, list[Rule]] = defaultdict(list)
        self._placed: dict[str, set[str]] = defaultdict(set)
        self._budgeting: dict[str, list[Rule]] = defaultdict(list)
        for rule in rules:
            self.take(rule)

    def is_known(self, rule: Rule) -> bool:
        """Whether this ruling, or one after it, was taken: it is the same one again."""
        return (rule.ledger, rule.number) <= self._last

    def take(self, rule: Rule) -> None:
        """Have it hold."""
        self._last = (rule.ledger, rule.number)
        if rule.kind == "merged":
            self._join(rule.subject, rule.into)
        if rule.kind in ("merged", "unmerged"):
            self._merging[rule.subject].append(rule)
        elif rule.kind == "placed":
            for post in rule.posts:
                self._placing[post].append(rule)
            self._placed[rule.subject].update(rule.posts)
        else:
            self._budgeting[rule.subject].append(rule)

    def group(self, post: str) -> Collection[str]:
        """The posts that were ever merged with it, directly or by way of others, and itself."""
        return self._groups.get(post, (post,))

    def touched_by(self, rule: Rule) -> set[str]:
        """The posts whose votes may count otherwise once this rule is taken."""
        if rule.kind == "placed":
            named: Iterable[str] = rule.posts
        elif rule.kind == "budgeted":
            named = self._placed.get(rule.subject, ())
        else:
            named = (post for post in (rule.subject, rule.into) if post)
        return {each for post in named for each in self.group(post)}

    def concerning(self, posts: Iterable[str]) -> Concerning:
        """The rules that these posts are under."""
        all_posts = {each for post in posts for each in self.group(post)}
        merging = tuple(rule for post in all_posts for rule in self._merging.get(post, ()))
        placing = tuple((rule, post) for post in all_posts for rule in self._placing.get(post, ()))
        boards = {rule.subject for rule, _ in placing}
        return Concerning(merging, placing, tuple(rule for board in boards for rule in self._budgeting.get(board, ())))

    def _join(self, post: str, into: str) -> None:
        together = {*self.group(post), *self.group(into)}
        for each in together:
            self._groups[each] = together
