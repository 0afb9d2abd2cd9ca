"""What can be asked of comments, and of which comment answers a post."""

from uuid import UUID

from typing_extensions import override

from events.domain.aggregates import Aggregates, Change, changed, created
from events.domain.commands import Command
from events.domain.comments.answer import Answer, give_answer
from events.domain.comments.comment import Comment, write_comment
from events.domain.originators import originator_of
from events.domain.post import Post
from events.domain.refusals import Conflict, NotFound


class CommentCommand(Command[Comment], frozen=True, kw_only=True, tag=True):
    """Something asked of a comment."""

    comment: str

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, Comment.KIND, self.comment)

    def _known(self, aggregates: Aggregates) -> Comment:
        return _comment(aggregates, self.comment)


class WriteComment(CommentCommand, frozen=True, kw_only=True, tag=True):
    """Have there be a comment on a post, or a reply to another comment there.

    The same once more is the same comment; another one under the same id is refused.
    """

    post: str
    author: str
    body: str
    parent: str | None = None
    internal: bool = False

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Comment]:
        present = aggregates.find(Comment, self.comment)
        if present is not None:
            if not self._is_said_by(present):
                raise Conflict("id", f"there is another comment {self.comment!r} already")
            return changed(present, ())
        parent = None
        if self.parent is not None and (parent := aggregates.find(Comment, self.parent)) is None:
            raise NotFound("parent", self.parent)
        event = write_comment(
            comment=self.comment, post=self.post, parent=parent, author=self.author,
            body=self.body, internal=self.internal, at=at,
        )  # fmt: skip
        _check_post(aggregates, self.post)
        return created(Comment.begin(self.subject, event), event)

    def _is_said_by(self, comment: Comment) -> bool:
        said = (comment.post, comment.author, comment.body, comment.parent, comment.internal)
        return said == (self.post, self.author, self.body, self.parent, self.internal)


class EditComment(CommentCommand, frozen=True, kw_only=True, tag=True):
    """Have a comment say this."""

    body: str
    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Comment]:
        comment = self._known(aggregates)
        return changed(comment, comment.edit(body=self.body, reason=self.reason, at=at))


class DeleteComment(CommentCommand, frozen=True, kw_only=True, tag=True):
    """Hide what a comment says, and keep its place in the thread."""

    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Comment]:
        comment = self._known(aggregates)
        return changed(comment, comment.delete(reason=self.reason, at=at))


class AnswerCommand(Command[Answer], frozen=True, kw_only=True, tag=True):
    """Something asked of the official answer to a post; `comment` is on that post."""

    post: str
    comment: str
    reason: str = ""

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, Answer.KIND, self.post)


class GiveAnswer(AnswerCommand, frozen=True, kw_only=True, tag=True):
    """Have a public comment be the official answer to its post, instead of any other."""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Answer]:
        comment = _comment(aggregates, self.comment)
        if comment.post != self.post:
            raise Conflict("comment", f"comment {self.comment!r} is on another post")
        if comment.deleted:
            raise Conflict("comment", f"comment {self.comment!r} was deleted")
        if comment.internal:
            raise Conflict("comment", "an internal note can't be the official answer")
        _check_post(aggregates, self.post)
        answer = aggregates.find(Answer, self.post)
        if answer is not None:
            return changed(answer, answer.give(comment=self.comment, reason=self.reason, at=at))
        event = give_answer(post=self.post, comment=self.comment, reason=self.reason, at=at)
        return created(Answer.begin(self.subject, event), event)


class WithdrawAnswer(AnswerCommand, frozen=True, kw_only=True, tag=True):
    """Have a comment no longer be the official answer to its post."""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Answer]:
        answer = aggregates.find(Answer, self.post)
        if answer is None:
            raise NotFound("answer", self.comment)
        return changed(answer, answer.withdraw(comment=self.comment, reason=self.reason, at=at))


def _comment(aggregates: Aggregates, id: str) -> Comment:
    comment = aggregates.find(Comment, id)
    if comment is None:
        raise NotFound("comment", id)
    return comment


def _check_post(aggregates: Aggregates, post: str) -> None:
    """A post takes comments while it is there, also when it takes no votes any more."""
    found = aggregates.find(Post, post)
    if found is None or found.deleted:
        raise NotFound("post", post)
