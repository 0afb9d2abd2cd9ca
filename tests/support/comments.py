"""The aggregates of one workspace in memory, for what is decided about comments."""

from typing import TypeVar

from events.domain.aggregates import Aggregate, Change
from events.domain.commands import Command
from events.domain.comments.commands import WriteComment
from events.domain.comments.comment import Comment
from events.domain.originators import originator_of
from events.domain.post import Post
from events.domain.vocabulary import PostSubmitted

AT = "2026-01-02T03:04:05.678Z"
POSTS = ("dark-mode", "export")
A = TypeVar("A", bound=Aggregate)


class House:
    """The aggregates of one workspace, with two posts."""

    def __init__(self) -> None:
        self.there: dict[tuple[str, str], Aggregate] = {}
        for post in POSTS:
            submitted = PostSubmitted(post=post, board="ideas", title=post, at=AT)
            self.there[Post.KIND, post] = Post.begin(originator_of("acme", "post", post), submitted)

    def find(self, kind: type[A], id: str, /) -> A | None:
        found = self.there.get((kind.KIND, id))
        assert found is None or isinstance(found, kind)
        return found

    def do(self, command: Command[A], at: str = AT) -> Change[A]:
        change = command.change(self, at)
        aggregate = change.aggregate
        id = aggregate.comment if isinstance(aggregate, Comment) else getattr(aggregate, "post", "")
        self.there[aggregate.KIND, id] = aggregate
        return change

    def write(self, comment: str = "c", **fields: object) -> Comment:
        return self.do(write(comment, **fields)).aggregate


def write(comment: str = "c", **fields: object) -> WriteComment:
    """A comment that Ann writes on `dark-mode`, but for these fields."""
    asked = {"comment": comment, "post": "dark-mode", "author": "ann", "body": "Please"} | fields
    return WriteComment(workspace="acme", **asked)  # type: ignore[arg-type]  # as each test says
