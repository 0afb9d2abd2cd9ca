"""The sample as a whole."""

from collections.abc import Sequence
from typing import NamedTuple

from events.submission import SubmittedVote
from services.sample.comments import SampleComment, make_comments
from services.sample.dice import Dice
from services.sample.people import People, Person
from services.sample.posts import SamplePost, make_posts
from services.sample.quality import Bug, Grumble, make_bugs, make_grumbles
from services.sample.roadmap import roadmap_turns
from services.sample.teams import TEAMS
from services.sample.votes import make_votes
from services.sample.work import Item, make_work

SEED = 20_251_101


class Sample(NamedTuple):
    """Posts in the order in which they came, votes in the order of their times, comments after what they reply to.

    The posts of bugs are among the posts.
    """

    people: Sequence[Person]
    posts: Sequence[SamplePost]
    votes: Sequence[SubmittedVote]
    comments: Sequence[SampleComment]
    items: Sequence[Item]
    bugs: Sequence[Bug]
    grumbles: Sequence[Grumble]


def make_sample() -> Sample:
    """The same every time."""
    dice = Dice(SEED)
    people = People(dice)
    posts = make_posts(dice, people)
    votes = make_votes(dice, people, posts)
    # What came later has dice of its own, so that all the rest stays as it was.
    items = make_work(Dice(SEED + 2), TEAMS, posts, {turn.post for turn in roadmap_turns()})
    bugs = make_bugs(Dice(SEED + 3), people, items)
    votes += make_votes(Dice(SEED + 4), people, [bug.post for bug in bugs], prefix="sample-bug")
    return Sample(
        people.all,
        sorted([*posts, *(bug.post for bug in bugs)], key=lambda post: (post.at, post.wish.post)),
        sorted(votes, key=lambda vote: vote.at or ""),
        make_comments(Dice(SEED + 1), people, posts),
        items,
        bugs,
        make_grumbles(Dice(SEED + 5), people, items),
    )
