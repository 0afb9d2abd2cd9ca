"""What happens to posts that are merged, on each one's own aggregate.

A merge is written on the post that goes into another one, on that other one, and on the root that stands for that
other one where it was merged itself. So two merges that would together make a circle touch the same post, and the log
admits only one of them.
"""

from typing import ClassVar

import msgspec

from events.domain.event import DomainEvent


class PostMerged(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Votes on this post count for another one; what that one was merged into counts them in its turn."""

    TYPE: ClassVar[str] = "groundswell.post.merged.v1"
    post: str
    into: str
    reason: str = ""
    at: str


class PostUnmerged(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """This post stands for itself again; `into` is what it was merged into."""

    TYPE: ClassVar[str] = "groundswell.post.unmerged.v1"
    post: str
    into: str
    reason: str = ""
    at: str


class PostAbsorbed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`merged` went into this post; or, on a root, into `through`, which counts for this post."""

    TYPE: ClassVar[str] = "groundswell.post.absorbed.v1"
    post: str
    merged: str
    through: str | None = None
    at: str


class PostReleased(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`released` is no longer merged into this post; or, on a root, no longer into `through`."""

    TYPE: ClassVar[str] = "groundswell.post.released.v1"
    post: str
    released: str
    through: str | None = None
    at: str


MergeEvent = PostMerged | PostUnmerged | PostAbsorbed | PostReleased

EVENTS: tuple[type[DomainEvent], ...] = (PostMerged, PostUnmerged, PostAbsorbed, PostReleased)
