"""Posts with votes, comments and fields, by chance but always the same; what columns they have, plainly."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from events.domain.comments.events import CommentDeleted, CommentWritten
from events.domain.posts.events import PostArchived, PostFieldsSet
from events.domain.vocabulary import PostSubmitted
from events.position import Partition
from events.times import format_time, to_millis
from projections.comments import CommentsProjection
from tests.support import naive
from tests.support.ballots import MemoryLog, Vote
from tests.support.ledger import LEDGER_TOPIC, MemoryLedger
from tests.support.views import Database, database

DAY = 24 * 3_600_000
BEGAN = to_millis(datetime(2026, 1, 1, tzinfo=UTC))
END = BEGAN + 200 * DAY
"""What is now for the world: nothing happened later."""
DORMANT = 40
"""The first posts: nobody votes for or comments on them in the last sixty days."""
FIELDS = ("reach", "impact", "confidence", "effort")


@dataclass
class Comment:
    post: str
    at: int
    gone: int | None
    internal: bool


@dataclass
class PlainPost:
    post: str
    created: int
    archived: int | None = None
    fields: list[tuple[int, dict[str, float]]] = field(default_factory=list)


class RankedWorld:
    """Some hundred posts. The last is created at the very end, two thirds in pairs at the same moment."""

    def __init__(self, seed: int, posts: int = 110, votes: int = 1000) -> None:
        rng = random.Random(seed)
        self.posts = [self._post(rng, number, posts) for number in range(posts)]
        self.posts[-1] = PlainPost(self.posts[-1].post, END)
        self.votes = MemoryLog(partitions=3, began=END)
        self.votes.append([self._vote(rng, number) for number in range(votes)])
        self.comments = [self._comment(rng) for _ in range(300)]

    def _post(self, rng: random.Random, number: int, of: int) -> PlainPost:
        made = PlainPost(f"post-{number:03d}", BEGAN + (number // 2 if number % 3 else number) * 150 * DAY // of)
        for at in (BEGAN + 100 * DAY, BEGAN + 160 * DAY):
            if rng.random() < 0.6:
                given = {
                    "reach": float(rng.randrange(0, 5000)), "impact": float(rng.randint(1, 5)),
                    "confidence": rng.choice([50.0, 80.0, 100.0]), "effort": rng.choice([0.0, 0.5, 2.0, 13.0]),
                }  # fmt: skip
                made.fields.append((max(at, made.created), {key: given[key] for key in given if rng.random() < 0.9}))
        if rng.random() < 0.1:
            made.archived = min(made.created + rng.randrange(120 * DAY), END)
        return made

    def _vote(self, rng: random.Random, number: int) -> Vote:
        chosen = int(rng.random() ** 1.5 * (len(self.posts) - 8))
        until = END - 60 * DAY if chosen < DORMANT else END
        at = BEGAN + rng.randrange(until - BEGAN)
        return Vote(
            post=self.posts[chosen].post, person=f"person-{rng.randrange(150)}", value=rng.choice([1, 1, 1, 1, -1, 0]),
            time=at, id=f"v{number}", importance=rng.randint(1, 3),
        )  # fmt: skip

    def _comment(self, rng: random.Random) -> Comment:
        chosen = rng.randrange(len(self.posts) - 5)
        until = END - 60 * DAY if chosen < DORMANT else END
        at = BEGAN + rng.randrange(until - BEGAN)
        gone = min(at + rng.randrange(30 * DAY), END) if rng.random() < 0.2 else None
        return Comment(self.posts[chosen].post, at, gone, rng.random() < 0.1)

    def ledger(self) -> MemoryLedger:
        """What was decided: each comment is written and deleted, each field given, when it says."""
        made = MemoryLedger(began=END)
        for post in self.posts:
            at = format_time(post.created)
            made.commit("post", post.post, 1, PostSubmitted(post=post.post, board="b", title=post.post, at=at))
            decided = [
                (at, PostFieldsSet(post=post.post, values=given, at=format_time(at))) for at, given in post.fields
            ]
            if post.archived is not None:
                decided.append((post.archived, PostArchived(post=post.post, at=format_time(post.archived))))
            for number, (_, event) in enumerate(sorted(decided, key=lambda each: each[0]), start=2):
                made.commit("post", post.post, number, event)
        for number, comment in enumerate(self.comments):
            id = f"c{number}"
            said = CommentWritten(
                comment=id, thread=id, post=comment.post, author="ann", body="+1", internal=comment.internal,
                at=format_time(comment.at),
            )  # fmt: skip
            made.commit("comment", id, 1, said)
            if comment.gone is not None:
                deleted = CommentDeleted(
                    comment=id, post=comment.post, internal=comment.internal, at=format_time(comment.gone)
                )
                made.commit("comment", id, 2, deleted)
        return made

    def columns(self, at: int) -> dict[str, dict[str, float]]:
        """Each listed post's columns as of a moment, by its id."""
        stood = naive.standing(self.votes, at)
        tallies = naive.tallies(stood.items())
        recent = at // DAY * DAY - 30 * DAY
        found: dict[str, dict[str, float]] = {}
        for post in self.posts:
            if post.created > at or (post.archived is not None and post.archived <= at):
                continue
            up, down, importance, trend = tallies.get(("acme", post.post), (0, 0, 0, 0.0))
            here = [each for each in self.comments if each.post == post.post and not each.internal]
            there = [each for each in here if each.at <= at and (each.gone is None or each.gone > at)]
            fields: dict[str, float] = {}
            for since, given in post.fields:
                fields |= given if since <= at else {}
            found[post.post] = {
                "up": up, "down": down, "score": up - down, "voters": up + down, "importance": importance,
                "trend": trend, "created": post.created / 1000, "age": (at - post.created) / 1000,
                "comments": len(there), "recent_comments": sum(each.at >= recent for each in there),
                "recent_votes": sum(
                    1 for (_, voted, _), (value, _, since) in stood.items()
                    if voted == post.post and value == 1 and since >= recent
                ),
                **{name: fields.get(name, 0.0) for name in FIELDS},
            }  # fmt: skip
        return found

    def order(self, values: dict[str, float]) -> list[str]:
        """Posts by value; the older one first among equals (to nine digits), then the smaller id."""
        created = {post.post: post.created for post in self.posts}
        return sorted(values, key=lambda post: (-float(f"{values[post]:.9g}"), created[post], post))


@contextmanager
def filled(url: str, world: RankedWorld) -> Iterator[Database]:
    """A database with all of a world."""
    with database(url) as made:
        made.fold_votes(world.votes)
        ledger = world.ledger()
        made.fold_posts(ledger)
        runner = made.runner(CommentsProjection(), 1)
        runner.open(Partition(LEDGER_TOPIC, 0))
        runner.feed(ledger.batch())
        runner.flush()
        yield made
