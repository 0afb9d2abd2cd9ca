"""What was done to posts, and their versions, as they are answered."""

from pydantic import Field

from api.answers.answer import Answer, NextCursor, Position, Time
from api.answers.posts import FieldValues, Merge, merge, values
from events.domain.directory import Directory, KeyEntry
from events.domain.workflow.events import Kind
from events.times import format_time
from projections.posts import history


class Done(Answer):
    """One thing that was done: who, when, what, why. Texts are data: escape them where they are shown."""

    version: int = Field(description="The post's version after it.")
    change: str = Field(examples=["status-changed"])
    what: str = Field(description="A readable line.", examples=["status changed from open to planned"])
    note: str | None = Field(description="What everybody may read about it.")
    reason: str | None = Field(description="Why; null for keys that see nothing internal.")
    actor: str | None
    at: Time
    recorded_at: Time


class Activity(Answer):
    """A page of what was done to a post, the latest first."""

    items: list[Done]
    next_cursor: NextCursor
    as_of: Time | None
    position: Position


class PostVersion(Done):
    """A post after one change, whole."""

    post: str
    board: str
    title: str
    body: str
    author: str | None
    status: str
    kind: Kind
    closed_reason: str | None
    duplicate_of: str | None
    merge: Merge | None
    tags: list[str]
    fields: FieldValues
    archived: bool
    pinned: bool
    created_at: Time


class PostVersions(Answer):
    """A page of a post's versions, from the first one on."""

    items: list[PostVersion]
    next_cursor: NextCursor
    position: Position


def done(row: history.Done | history.Version, *, sees_internal: bool) -> Done:
    """What was done, without the reason for whom it is not for."""
    return Done(
        version=row.revision,
        change=row.change,
        what=row.what,
        note=row.note or None,
        reason=(row.reason or None) if sees_internal else None,
        actor=row.actor or None,
        at=format_time(row.occurred_at),
        recorded_at=format_time(row.recorded_at),
    )


def version(directory: Directory, key: KeyEntry, post: str, row: history.Version) -> PostVersion:
    """A version of a post."""
    return PostVersion(
        **done(row, sees_internal=key.sees_internal).model_dump(),
        post=post,
        board=row.board,
        title=row.title,
        body=row.body,
        author=row.author or None,
        status=row.status,
        kind=row.kind,
        closed_reason=row.closed_reason or None,
        duplicate_of=row.duplicate_of or None,
        merge=merge(row.merged_into),
        tags=row.tags,
        fields=values(directory.fields(key.workspace, row.board), row.fields),
        archived=row.archived,
        pinned=row.pinned,
        created_at=format_time(row.created_at),
    )
