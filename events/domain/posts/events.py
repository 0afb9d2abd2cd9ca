"""What is decided about a post beyond its words, on the post's own aggregate.

`reason` is why, for those who decide; `note` is for everybody.
"""

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from events.domain.event import DomainEvent
from events.domain.workflow.events import Kind

FieldValue = str | int | float | bool
"""What a custom field can hold. Dates, choices and persons are texts."""


class PostStatusChanged(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A post has another status; `kind` is what that came to when it was decided."""

    TYPE: ClassVar[str] = "groundswell.post.status-changed.v1"
    post: str
    status: str
    kind: Kind
    note: str = ""
    reason: str = ""
    at: str


class PostArchived(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A post is no longer listed or ranked."""

    TYPE: ClassVar[str] = "groundswell.post.archived.v1"
    post: str
    reason: str = ""
    at: str


class PostUnarchived(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An archived post is listed and ranked again."""

    TYPE: ClassVar[str] = "groundswell.post.unarchived.v1"
    post: str
    reason: str = ""
    at: str


class PostDeleted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A post is hidden everywhere; its history stays."""

    TYPE: ClassVar[str] = "groundswell.post.deleted.v1"
    post: str
    reason: str = ""
    at: str


class PostRestored(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A deleted post is there again, as it was."""

    TYPE: ClassVar[str] = "groundswell.post.restored.v1"
    post: str
    reason: str = ""
    at: str


class PostPinned(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A post comes first where pinned ones are asked for first."""

    TYPE: ClassVar[str] = "groundswell.post.pinned.v1"
    post: str
    reason: str = ""
    at: str


class PostUnpinned(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A pinned post takes its place among the others again."""

    TYPE: ClassVar[str] = "groundswell.post.unpinned.v1"
    post: str
    reason: str = ""
    at: str


class PostTagged(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A post has these tags and no others, in order of their ids."""

    TYPE: ClassVar[str] = "groundswell.post.tagged.v1"
    post: str
    tags: tuple[str, ...]
    reason: str = ""
    at: str


class PostFieldsSet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Custom fields of a post have these values, None for no value; its other fields stay."""

    TYPE: ClassVar[str] = "groundswell.post.fields-set.v1"
    post: str
    values: Mapping[str, FieldValue | None]
    reason: str = ""
    at: str


LifeEvent = (
    PostStatusChanged
    | PostArchived
    | PostUnarchived
    | PostDeleted
    | PostRestored
    | PostPinned
    | PostUnpinned
    | PostTagged
    | PostFieldsSet
)

EVENTS: tuple[type[DomainEvent], ...] = (
    PostStatusChanged,
    PostArchived,
    PostUnarchived,
    PostDeleted,
    PostRestored,
    PostPinned,
    PostUnpinned,
    PostTagged,
    PostFieldsSet,
)
