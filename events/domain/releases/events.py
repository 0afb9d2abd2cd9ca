"""What happens to releases. `reason` says why it was decided; who decided is the commit's actor."""

from typing import ClassVar, Literal

import msgspec

from events.domain.event import DomainEvent


class ReleaseDrafted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """There is a release, not told to anybody yet. `label` is its version or the like, `body` is Markdown."""

    TYPE: ClassVar[str] = "groundswell.release.drafted.v1"
    release: str
    title: str
    body: str = ""
    label: str = ""
    posts: tuple[str, ...] = ()
    reason: str = ""
    at: str


class ReleaseEdited(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a release says, or which posts it is of, changed; None stands for what did not."""

    TYPE: ClassVar[str] = "groundswell.release.edited.v1"
    release: str
    title: str | None = None
    body: str | None = None
    label: str | None = None
    posts: tuple[str, ...] | None = None
    reason: str = ""
    at: str


class ReleaseScheduled(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A release is to be published at `publish_at`, by the clock."""

    TYPE: ClassVar[str] = "groundswell.release.scheduled.v1"
    release: str
    publish_at: str
    reason: str = ""
    at: str


class ReleaseUnscheduled(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A scheduled release is a draft again."""

    TYPE: ClassVar[str] = "groundswell.release.unscheduled.v1"
    release: str
    reason: str = ""
    at: str


class ReleasePublished(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A release is told to everybody; its posts are to move to shipped, each once for each time it is published.

    With `override` although the gates of some of them were open.
    """

    TYPE: ClassVar[str] = "groundswell.release.published.v1"
    release: str
    reason: str = ""
    override: bool = False
    at: str


class ReleaseHeld(msgspec.Struct, frozen=True, kw_only=True):
    """The time of a scheduled release has come, and gates of its posts are open: it waits for them."""

    TYPE: ClassVar[str] = "groundswell.release.held.v1"
    release: str
    why: str
    internal: Literal[True] = True
    at: str


class ReleaseWithdrawn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A published release is a draft again; the posts that it moved stay where they are."""

    TYPE: ClassVar[str] = "groundswell.release.withdrawn.v1"
    release: str
    reason: str = ""
    at: str


class ReleasePostMoved(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A post of a published release is shipped; `moved` is the one that was moved for it, where it was merged."""

    TYPE: ClassVar[str] = "groundswell.release.post-moved.v1"
    release: str
    post: str
    status: str
    moved: str | None = None
    at: str


class ReleasePostNotMoved(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A post of a published release could not be moved to shipped, and why."""

    TYPE: ClassVar[str] = "groundswell.release.post-not-moved.v1"
    release: str
    post: str
    why: str
    at: str


ReleaseEvent = (
    ReleaseDrafted
    | ReleaseEdited
    | ReleaseScheduled
    | ReleaseUnscheduled
    | ReleasePublished
    | ReleaseHeld
    | ReleaseWithdrawn
    | ReleasePostMoved
    | ReleasePostNotMoved
)

EVENTS: tuple[type[DomainEvent], ...] = (
    ReleaseDrafted,
    ReleaseEdited,
    ReleaseScheduled,
    ReleaseUnscheduled,
    ReleasePublished,
    ReleaseHeld,
    ReleaseWithdrawn,
    ReleasePostMoved,
    ReleasePostNotMoved,
)
