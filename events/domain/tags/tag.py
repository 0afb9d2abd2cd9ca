"""A tag: a word that posts are sorted by."""

from collections.abc import Sequence
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from events.domain.bounds import NAME_CHARACTERS, REASON_CHARACTERS, check_colour, check_id, check_line, check_text
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.tags.events import TagDefined, TagRemoved


class Tag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag as it stands; a removed one may be defined again. `at` is when it was defined first."""

    KIND: ClassVar[str] = "tag"
    FIRST: ClassVar[type[DomainEvent]] = TagDefined

    id: UUID
    version: int
    tag: str
    name: str
    colour: str
    at: str
    removed: bool = False

    @classmethod
    def begin(cls, id: UUID, event: TagDefined) -> Self:
        """The tag that this event defined."""
        return cls(id=id, version=1, tag=event.tag, name=event.name, colour=event.colour, at=event.at)

    def evolve(self, event: DomainEvent) -> "Tag":
        """The tag after this event."""
        replace = msgspec.structs.replace
        match event:
            case TagDefined():
                return replace(self, version=self.version + 1, name=event.name, colour=event.colour, removed=False)
            case TagRemoved():
                return replace(self, version=self.version + 1, removed=True)
            case _:
                raise NotItsEvent(f"tag {self.tag!r}", event)

    def define(self, *, name: str, colour: str, at: str) -> Sequence[TagDefined]:
        """Have it this name and colour. What it has already is no event."""
        defined = define_tag(tag=self.tag, name=name, colour=colour, at=at)
        return () if (name, colour, False) == (self.name, self.colour, self.removed) else (defined,)

    def remove(self, *, reason: str, at: str) -> Sequence[TagRemoved]:
        """Have there be no such tag. That there is none is no event."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        return () if self.removed else (TagRemoved(tag=self.tag, reason=reason, at=at),)


def define_tag(*, tag: str, name: str, colour: str, at: str) -> TagDefined:
    """A new tag's first event."""
    check_id("tag", tag)
    check_line("name", name, least=1, most=NAME_CHARACTERS)
    check_colour("colour", colour)
    return TagDefined(tag=tag, name=name, colour=colour, at=at)
