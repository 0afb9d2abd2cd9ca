"""What happens to a tag."""

from typing import ClassVar

import msgspec

from events.domain.event import DomainEvent


class TagDefined(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """There is a tag of this name and colour (#rrggbb)."""

    TYPE: ClassVar[str] = "groundswell.tag.defined.v1"
    tag: str
    name: str
    colour: str
    at: str


class TagRemoved(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """There is no such tag any more. Those posts that had it were told so before."""

    TYPE: ClassVar[str] = "groundswell.tag.removed.v1"
    tag: str
    reason: str = ""
    at: str


EVENTS: tuple[type[DomainEvent], ...] = (TagDefined, TagRemoved)
