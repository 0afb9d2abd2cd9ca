"""What reads and decisions of comments answer with. Times are RFC 3339 in UTC with milliseconds."""

from typing import Annotated, Literal

from pydantic import Field

from api.answers.answer import Answer, NextCursor, Position, Time


class CommentAnswer(Answer):
    """What a comment says; a deleted one keeps its place and says nothing."""

    comment: str
    post: Annotated[str, Field(description="The post that it was written on, which may have been merged since.")]
    thread: Annotated[str, Field(description="The comment that its thread began with; its own id where it did.")]
    parent: Annotated[str | None, Field(description="The comment that it replies to.")]
    author: str
    body: str
    mentions: Annotated[list[str], Field(description="The persons that it mentions by `@id`.")]
    internal: bool
    deleted: bool
    created_at: Time
    edited_at: Time | None
    version: int


class WrittenComment(CommentAnswer):
    """A comment as it was written."""

    position: Position


class ShownComment(CommentAnswer):
    """A comment, whether it is the official answer, and how many react to it in which ways."""

    answer: bool
    reactions: Annotated[dict[str, int], Field(examples=[{"like": 3}])]


class OneComment(ShownComment):
    """A comment and how it stands."""

    position: Position


class Comments(Answer):
    """A page of comments, thread by thread, each with its replies in order."""

    items: list[ShownComment]
    next_cursor: NextCursor
    as_of: Time | None
    position: Position


class CommentVersion(Answer):
    """What a comment said after one change. Once it is deleted, none of its versions says anything.

    `reason` is only for keys that see what is internal.
    """

    version: int
    change: Literal["written", "edited", "deleted"]
    body: str
    mentions: list[str]
    at: Time
    recorded_at: Time
    actor: str
    reason: str | None


class CommentVersions(Answer):
    """A page of the versions of a comment, the first one first."""

    items: list[CommentVersion]
    next_cursor: NextCursor
    position: Position


class AnswerAnswer(Answer):
    """Which comment is the official answer to a post; null if none is."""

    post: str
    answer: str | None
    version: int
    position: Position


class ReactionAnswer(Answer):
    """What now stands: whether the person reacts to the comment in this way."""

    comment: str
    reaction: str
    person: str
    given: bool
    position: Position
