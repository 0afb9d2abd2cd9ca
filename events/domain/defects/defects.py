"""The defects of one post."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple, Self
from uuid import UUID

import msgspec

from events.domain.bounds import REASON_CHARACTERS, check_text
from events.domain.defects.events import DefectLinked, DefectsEvent, DefectUnlinked
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.refusals import Conflict

MOST_DEFECTS = 1000


class Link(NamedTuple):
    """Whether a post is a defect, since when, or was until then, and when it was found."""

    linked: bool
    at: str
    found_at: str


class Defects(msgspec.Struct, frozen=True, kw_only=True):
    """Which posts are defects of a post, and which were."""

    KIND: ClassVar[str] = "defects"
    FIRST: ClassVar[type[DomainEvent]] = DefectLinked

    id: UUID
    version: int
    post: str
    links: Mapping[str, Link]

    @classmethod
    def begin(cls, id: UUID, event: DefectLinked) -> Self:
        """The defects of a post that this event linked the first one to."""
        return cls(id=id, version=1, post=event.post, links={event.defect: Link(True, event.at, event.found_at)})

    def evolve(self, event: DomainEvent) -> "Defects":
        """The defects after this event."""
        if not isinstance(event, DefectLinked | DefectUnlinked):
            raise NotItsEvent(f"the defects of post {self.post!r}", event)
        link = Link(isinstance(event, DefectLinked), event.at, event.found_at)
        return msgspec.structs.replace(self, version=self.version + 1, links={**self.links, event.defect: link})

    def is_linked(self, defect: str) -> bool:
        """Whether a post is a defect of this one."""
        return defect in self.links and self.links[defect].linked

    def last(self, defect: str) -> str:
        """When it was last decided on a link; empty if never."""
        return self.links[defect].at if defect in self.links else ""

    def link(self, defect: str, *, found_at: str, reason: str, at: str) -> Sequence[DefectsEvent]:
        """Have a post be a defect of this one. One that is it already is no event."""
        if self.is_linked(defect):
            return ()
        if sum(link.linked for link in self.links.values()) >= MOST_DEFECTS:
            raise Conflict("defect", f"a post has {MOST_DEFECTS} defects at most: split it")
        return (link_defect(self.post, defect, found_at=found_at, reason=reason, at=at),)

    def unlink(self, defect: str, *, reason: str, at: str) -> Sequence[DefectsEvent]:
        """Have a post be no defect of this one. One that is none is no event."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        if not self.is_linked(defect):
            return ()
        found_at = self.links[defect].found_at
        return (DefectUnlinked(post=self.post, defect=defect, found_at=found_at, reason=reason, at=at),)


def link_defect(post: str, defect: str, *, found_at: str, reason: str, at: str) -> DefectLinked:
    """The event that has a post be a defect of another one."""
    check_text("reason", reason, most=REASON_CHARACTERS)
    return DefectLinked(post=post, defect=defect, found_at=found_at, reason=reason, at=at)
