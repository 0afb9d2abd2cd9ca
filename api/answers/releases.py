"""What releases and the changelog answer with."""

from typing import Annotated, Literal

from pydantic import Field

from api.answers.answer import Answer, NextCursor, Position, Time
from api.times import time_or_none
from events.domain.execution import Saved
from events.domain.releases.release import Release
from events.position import Positions
from events.times import format_time
from projections.releases.queries import ReleaseChange, ReleaseRow


class ReleaseAnswer(Answer):
    """What a release says. `body` is Markdown, as data: render and sanitize it where it is shown.

    `moved` and `not_moved` say what became of its posts when it was published last, `held` why it is not published
    although its time has come, `override` whether it was although the gates of its posts were open; keys that don't see
    what is internal get null there.
    """

    release: str
    title: str
    body: str
    label: str
    posts: list[str]
    state: Literal["draft", "scheduled", "published"]
    publish_at: Time | None
    published_at: Time | None
    moved: list[str] | None
    not_moved: Annotated[dict[str, str] | None, Field(description="Why each of these posts was not moved.")]
    held: Annotated[str | None, Field(description="Empty where nothing holds it.")]
    override: bool | None
    created_at: Time
    updated_at: Time
    version: int


class WrittenRelease(ReleaseAnswer):
    """A release as it was written."""

    position: Position


class ReadRelease(ReleaseAnswer):
    """A release as it was read."""

    as_of: Time | None
    position: Position


class Releases(Answer):
    """A page of releases, the one drafted last first."""

    items: list[ReleaseAnswer]
    next_cursor: NextCursor
    as_of: Time | None
    position: Position


class ReleaseDecision(Answer):
    """One decision about a release: `what` says it in a line."""

    version: int
    change: str
    what: str
    occurred_at: Time
    recorded_at: Time
    actor: str | None
    reason: str


class ReleaseHistory(Answer):
    """A page of what was decided about a release, in order."""

    items: list[ReleaseDecision]
    next_cursor: NextCursor
    position: Position


def release_answer(row: ReleaseRow, *, internal: bool) -> ReleaseAnswer:
    """A release of the view, for somebody who sees what is internal or does not."""
    return ReleaseAnswer.model_validate(
        {
            **row._asdict(),
            "publish_at": time_or_none(row.publish_at),
            "published_at": time_or_none(row.published_at),
            "created_at": format_time(row.created_at),
            "updated_at": format_time(row.updated_at),
            "moved": list(row.moved) if internal else None,
            "not_moved": dict(row.not_moved) if internal else None,
            "held": row.held if internal else None,
            "override": row.override if internal else None,
            "version": row.revision,
        }
        | {"posts": list(row.posts)},
        extra="ignore",
    )


def written_release(saved: Saved[Release]) -> WrittenRelease:
    """A release as a decision left it."""
    release = saved.aggregate
    return WrittenRelease(
        release=release.release,
        title=release.title,
        body=release.body,
        label=release.label,
        posts=list(release.posts),
        state=release.state,
        publish_at=release.publish_at,
        published_at=release.published_at,
        moved=[post for post, why in release.settled.items() if not why],
        not_moved={post: why for post, why in release.settled.items() if why},
        held=release.held,
        override=release.override,
        created_at=release.at,
        updated_at=release.touched,
        version=release.version,
        position=Positions.after([saved.position]).token(),
    )


def release_decision(row: ReleaseChange) -> ReleaseDecision:
    """A decision of the view."""
    return ReleaseDecision(
        version=row.revision,
        change=row.change,
        what=row.what,
        occurred_at=format_time(row.occurred_at),
        recorded_at=format_time(row.recorded_at),
        actor=row.actor or None,
        reason=row.reason,
    )
