"""The votes of the sample: bursts after a post appears and after launches, second thoughts, some against."""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from events.submission import SubmittedVote
from events.times import DAY, Millis, format_time
from services.sample.calendar import HOUR, at_an_hour, launches
from services.sample.dice import Dice
from services.sample.people import People, Person
from services.sample.posts import SamplePost

Value = Literal[-1, 0, 1]
Importance = Literal[1, 2, 3]


class _Vote(NamedTuple):
    at: Millis
    person: str
    post: str
    value: Value
    importance: Importance
    by: str | None = None


def make_votes(
    dice: Dice, people: People, posts: Iterable[SamplePost], *, prefix: str = "sample"
) -> list[SubmittedVote]:
    """All votes in the order of their times; each has its identity."""
    votes: list[_Vote] = []
    for post in posts:
        for person in people.voters(dice, post.voters):
            votes += _votes_of(dice, person, post)
    votes.sort(key=lambda vote: vote[:4])
    return [
        SubmittedVote(
            post=vote.post,
            person=vote.person,
            value=vote.value,
            importance=vote.importance,
            at=format_time(vote.at),
            id=f"{prefix}-{number:06d}",
            by=vote.by,
        )
        for number, vote in enumerate(votes, start=1)
    ]


def _votes_of(dice: Dice, person: Person, post: SamplePost) -> Iterator[_Vote]:
    """What one person does on one post, none of it after it was closed."""
    at = _moment(dice, post)
    if at < person.joined:
        at = at_an_hour(dice, person.joined + dice.soon(21 * DAY))
    value: Value = -1 if dice.chance(post.against) else 1
    by = f"support-{1 + dice.below(4)}" if dice.chance(12) else None
    vote = _Vote(at, person.id, post.wish.post, value, _importance(dice), by)
    while post.at < vote.at < post.open_until:
        yield vote
        later = vote.at + HOUR + dice.soon(90 * DAY)
        if vote.value == 0 and dice.chance(250):
            vote = vote._replace(at=later, value=1, importance=_importance(dice), by=None)
        elif vote.value != 0 and dice.chance(55):
            vote = vote._replace(at=later, value=0, importance=1, by=None)
        elif vote.value != 0 and dice.chance(30):
            vote = _second_thoughts(dice, vote, later)
        else:
            return


def _second_thoughts(dice: Dice, vote: _Vote, at: Millis) -> _Vote:
    """The other way round, or more urgent than before."""
    if vote.importance == 3 or dice.chance(400):
        return vote._replace(at=at, value=-1 if vote.value == 1 else 1, by=None)
    return vote._replace(at=at, importance=2 if vote.importance == 1 else 3, by=None)


def _moment(dice: Dice, post: SamplePost) -> Millis:
    """Soon after the post, soon after a launch on its board, or at any time."""
    after_launch = launches(post.wish.board, post.at, post.open_until)
    if dice.chance(350):
        return at_an_hour(dice, post.at + dice.soon(12 * DAY))
    if after_launch and dice.chance(400):
        return at_an_hour(dice, after_launch[dice.below(len(after_launch))] + dice.soon(9 * DAY))
    return at_an_hour(dice, post.at + dice.below(post.open_until - post.at))


def _importance(dice: Dice) -> Importance:
    throw = dice.below(100)
    return 3 if throw < 9 else 2 if throw < 30 else 1
