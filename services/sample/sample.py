"""The sample as a whole."""

from collections.abc import Sequence
from typing import NamedTuple

from events.submission import SubmittedVote
from services.sample.comments import SampleComment, make_comments
from services.sample.dice import Dice
from services.sample.people import People
from services.sample.posts import SamplePost, make_posts
from services.sample.votes import make_votes

SEED = 20_251_101


class Sample(NamedTuple):
    """Posts in the order in which they came, votes in the order of their times, comments after what they reply to."""

    posts: Sequence[SamplePost]
    votes: Sequence[SubmittedVote]
    comments: Sequence[SampleComment]


def make_sample() -> Sample:
    """The same every time."""
    dice = Dice(SEED)
    people = People(dice)
    posts = make_posts(dice, people)
    return Sample(posts, make_votes(dice, people, posts), make_comments(Dice(SEED + 1), people, posts))
