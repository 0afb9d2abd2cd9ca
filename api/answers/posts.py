"""Posts as they are answered: from what the ledger decided, and from what the view has."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from api.answers.answer import Answer, NextCursor, Position, Time
from api.commands import position_token
from api.reading import json_response
from api.times import time_or_none
from events.domain.definition_entries import FieldEntry
from events.domain.directory import Directory
from events.domain.execution import Saved
from events.domain.post import Post
from events.domain.workflow.events import Kind
from events.position import Positions
from events.times import Millis, format_time
from projections.posts import queries

FieldValues = Annotated[
    dict[str, str | bool | int | float], Field(description="Values of the custom fields that the post's board has.")
]


class Merge(Answer):
    """Where a post was merged into: votes on it count there."""

    into: str


class MergeOfPost(Merge):
    """Where, since when, who decided it and why; `root` counts its votes. `by` and `reason` are for internal keys."""

    root: str
    at: Time
    by: str | None
    reason: str | None


class MergedInto(Merge):
    """A post that was merged into this one, or into one that was."""

    post: str
    at: Time
    by: str | None
    reason: str | None


class PostAnswer(Answer):
    """What a post says."""

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
    version: int


class WrittenPost(PostAnswer):
    """A post as it was written."""

    position: Position


class PostWithTally(PostAnswer):
    """A post and how it stands."""

    merge: MergeOfPost | None
    merged: list[MergedInto] = Field(description="The posts whose votes count here, the earliest merge first.")
    updated_at: Time
    score: int
    up: int
    down: int
    voters: int
    importance: int
    last_vote_at: Time | None
    as_of: Time | None
    position: Position


class ListedPost(Answer):
    """A post in a list."""

    post: str
    board: str
    title: str
    status: str
    kind: Kind
    author: str | None
    duplicate_of: str | None
    merge: Merge | None
    tags: list[str]
    fields: FieldValues
    archived: bool
    pinned: bool
    created_at: Time
    updated_at: Time
    version: int


class Posts(Answer):
    """A page of posts, the newest first."""

    items: list[ListedPost]
    next_cursor: NextCursor
    as_of: Time | None
    position: Position


Values = dict[str, str | bool | int | float]


def written(directory: Directory, workspace: str, saved: Saved[Post]) -> Response:
    """A post as a decision left it, with its version as `ETag`."""
    post = saved.aggregate
    known = directory.fields(workspace, post.board)
    answer = WrittenPost(
        post=post.post,
        board=post.board,
        title=post.title,
        body=post.body,
        author=post.author,
        status=post.status,
        kind=post.kind,
        closed_reason=post.closed or None,
        duplicate_of=post.duplicate_of,
        merge=merge(post.merging.into),
        tags=list(post.tags),
        fields={field: value for field, value in post.fields.items() if field in known},
        archived=post.archived,
        pinned=post.pinned,
        created_at=post.at,
        version=post.version,
        position=position_token(saved),
    )
    headers = {"etag": f'"{post.version}"', "location": f"/v1/posts/{post.post}"}
    return json_response(answer, status=201 if saved.created else 200, headers=headers)


def shown(
    fields: Mapping[str, FieldEntry],
    row: queries.PostWithTally,
    merges: tuple[MergeOfPost | None, list[MergedInto]],
    as_of: Millis | None,
    position: Positions,
) -> PostWithTally:
    """A post as the view has it, with its tally."""
    return PostWithTally(
        post=row.post,
        board=row.board,
        title=row.title,
        body=row.body,
        author=row.author or None,
        status=row.status,
        kind=row.kind,
        closed_reason=row.closed_reason or None,
        duplicate_of=row.duplicate_of or None,
        merge=merges[0],
        merged=merges[1],
        tags=row.tags,
        fields=values(fields, row.fields),
        archived=row.archived,
        pinned=row.pinned,
        created_at=format_time(row.created_at),
        updated_at=format_time(row.updated_at),
        version=row.revision,
        score=row.score,
        up=row.up,
        down=row.down,
        voters=row.up + row.down,
        importance=row.importance,
        last_vote_at=time_or_none(row.last_vote_at),
        as_of=time_or_none(as_of),
        position=position.token(),
    )


def listed(fields: Mapping[str, FieldEntry], row: queries.ListedPost) -> ListedPost:
    """A post in a list."""
    return ListedPost(
        post=row.post,
        board=row.board,
        title=row.title,
        status=row.status,
        kind=row.kind,
        author=row.author or None,
        duplicate_of=row.duplicate_of or None,
        merge=merge(row.merged_into),
        tags=row.tags,
        fields=values(fields, row.fields),
        archived=row.archived,
        pinned=row.pinned,
        created_at=format_time(row.created_at),
        updated_at=format_time(row.updated_at),
        version=row.revision,
    )


def merge(into: str | None) -> Merge | None:
    """Where a post was merged into, if it was."""
    return Merge(into=into) if into else None


def values(fields: Mapping[str, FieldEntry], texts: Mapping[str, str]) -> Values:
    """The values of a board's fields, of their types. What the board has no field for is kept, but not shown."""
    return {field: _value(known, texts[field]) for field, known in sorted(fields.items()) if field in texts}


def _value(field: FieldEntry, text: str) -> str | bool | int | float:
    if field.type == "boolean":
        return text == "true"
    if field.type == "number":
        number = float(text)
        return int(number) if number.is_integer() else number
    return text
