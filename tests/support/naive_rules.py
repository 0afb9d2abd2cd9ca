"""What of votes counts under merges and budgets, said as plainly as can be and independently of the fold.

How things stand at a moment is worked out from nothing, for each moment anew: which merges hold then, what each person
last said, and what of that has room. No state is carried from one moment to the next.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

Moment = tuple[int, int]
"""When, and where in the log of one partition."""


@dataclass(frozen=True)
class Said:
    """A vote: value 0 withdraws."""

    at: Moment
    person: str
    post: str
    value: int
    importance: int


@dataclass(frozen=True)
class Ruled:
    """A rule: `kind` is merged, unmerged, placed or budgeted."""

    at: Moment
    kind: str
    subject: str
    into: str = ""
    posts: tuple[str, ...] = ()
    votes: int | None = None
    period: str = "all"


class Counted(NamedTuple):
    """What a person has on a post: 0 where nothing counts; `waiting` where it would, had it room."""

    value: int
    importance: int
    since: int
    waiting: int


def holding(rules: Sequence[Ruled], until: Moment) -> list[Ruled]:
    """The merges that hold at a moment, oldest first: those that were not undone by then."""
    merges: dict[str, Ruled] = {}
    for rule in sorted(rules, key=lambda rule: rule.at):
        if rule.at > until:
            break
        if (
            rule.kind == "merged"
            and rule.subject not in merges
            and root(list(merges.values()), rule.into) != rule.subject
        ):
            merges[rule.subject] = rule
        elif rule.kind == "unmerged":
            merges.pop(rule.subject, None)
    return sorted(merges.values(), key=lambda rule: rule.at)


def root(merges: Iterable[Ruled], post: str) -> str:
    """Where votes on a post count."""
    into = {merge.subject: merge.into for merge in merges}
    while post in into:
        post = into[post]
    return post


def begun(votes: Sequence[Said], rules: Sequence[Ruled], person: str, until: Moment) -> dict[str, int]:
    """By post, since when a person's vote stands there at all, whatever its value was meanwhile."""
    said = sorted((vote for vote in votes if vote.person == person and vote.at <= until), key=lambda vote: vote.at)
    return {post: vote.stood[0] for post, vote in _stands(said, holding(rules, until)).items()}


class _Vote(NamedTuple):
    value: int
    importance: int
    since: int
    stood: Moment
    given: Moment


def standings(votes: Sequence[Said], rules: Sequence[Ruled], until: Moment) -> dict[tuple[str, str], Counted]:
    """By (person, post), all that counts or waits at a moment."""
    merges = holding(rules, until)
    found: dict[tuple[str, str], Counted] = {}
    by_person: dict[str, list[Said]] = defaultdict(list)
    for vote in votes:
        if vote.at <= until:
            by_person[vote.person].append(vote)
    for person, said in by_person.items():
        stands = _stands(sorted(said, key=lambda vote: vote.at), merges)
        for post, counted in _with_room(stands, rules, until).items():
            found[person, post] = counted
    return found


def _stands(said: Sequence[Said], merges: Sequence[Ruled]) -> dict[str, _Vote]:
    """Each group's last vote; where groups join, of those that stand the one given last."""
    stands: dict[str, _Vote] = {}
    in_force: list[Ruled] = []
    for event in sorted([*said, *merges], key=lambda event: event.at):
        if isinstance(event, Said):
            post = root(in_force, event.post)
            was = stands.get(post)
            since, stood = event.at[0], event.at
            if was is not None and was.value == event.value:
                since, stood = was.since, was.stood
            elif was is not None and was.value and event.value:
                stood = was.stood
            stands[post] = _Vote(event.value, event.importance, since, stood, event.at)
        else:
            target = root(in_force, event.into)
            in_force.append(event)
            both = [stands[post] for post in (event.subject, target) if post in stands and stands[post].value]
            stands.pop(event.subject, None)
            if both:
                stands[target] = max(both, key=lambda vote: vote.given)
    return {post: vote for post, vote in stands.items() if vote.value}


def _with_room(stands: dict[str, _Vote], rules: Sequence[Ruled], until: Moment) -> dict[str, Counted]:
    boards: dict[str, str] = {}
    budgets: dict[str, Ruled] = {}
    for rule in sorted(rules, key=lambda rule: rule.at):
        if rule.at <= until and rule.kind == "placed":
            boards |= dict.fromkeys(rule.posts, rule.subject)
        elif rule.at <= until and rule.kind == "budgeted":
            budgets[rule.subject] = rule
    counted: dict[str, Counted] = {}
    used: dict[tuple[str, object], int] = defaultdict(int)
    for post, vote in sorted(stands.items(), key=lambda item: (item[1].stood, item[0])):
        budget = budgets.get(boards.get(post, ""))
        if budget is None or budget.votes is None:
            counted[post] = Counted(vote.value, vote.importance, vote.since, 0)
            continue
        place = (budget.subject, _period(vote.stood[0], budget.period))
        used[place] += 1
        if used[place] <= budget.votes:
            counted[post] = Counted(vote.value, vote.importance, vote.since, 0)
        else:
            counted[post] = Counted(0, vote.importance, vote.since, vote.value)
    return counted


def _period(time: int, period: str) -> object:
    moment = datetime.fromtimestamp(time / 1000, UTC)
    quarter = (moment.month - 1) // 3
    return {
        "all": None, "year": moment.year, "quarter": (moment.year, quarter), "month": (moment.year, moment.month),
    }[period]  # fmt: skip
