"""The aggregates of one workspace in memory, for what is decided about comments."""

from events.domain.aggregates import A, Change
from events.domain.commands import Command
from events.domain.comments.commands import WriteComment
from events.domain.comments.comment import Comment
from events.domain.originators import originator_of
from events.domain.post import Post
from events.domain.vocabulary import PostSubmitted
from tests.support.world import World

AT = "2026-01-02T03:04:05.678Z"
POSTS = ("dark-mode", "export")


class House(World):
    """The aggregates of one workspace, with two posts."""

    def __init__(self) -> None:
        super().__init__()
        for post in POSTS:
            submitted = PostSubmitted(post=post, board="ideas", title=post, at=AT)
            self.put(Post.begin(originator_of(self.workspace, Post.KIND, post), submitted))

    def do(self, command: Command[A], at: str = AT) -> Change[A]:
        """See `World.do`."""
        return super().do(command, at)

    def write(self, comment: str = "c", **fields: object) -> Comment:
        return self.do(write(comment, **fields)).aggregate


def write(comment: str = "c", **fields: object) -> WriteComment:
    """A comment that Ann writes on `dark-mode`, but for these fields."""
    asked = {"comment": comment, "post": "dark-mode", "author": "ann", "body": "Please"} | fields
    return WriteComment(workspace="acme", **asked)  # type: ignore[arg-type]  # as each test says
