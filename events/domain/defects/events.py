"""What is decided on defects. All of it is for those who decide (`events.visibility`); `reason` is why."""

from typing import ClassVar, Literal

import msgspec

from events.domain.event import DomainEvent


class DefectLinked(msgspec.Struct, frozen=True, kw_only=True):
    """The post `defect` says what is wrong with `post`; it was submitted (the defect was found) at `found_at`."""

    TYPE: ClassVar[str] = "groundswell.defects.linked.v1"
    post: str
    defect: str
    found_at: str
    reason: str = ""
    internal: Literal[True] = True
    at: str


class DefectUnlinked(msgspec.Struct, frozen=True, kw_only=True):
    """A post is no defect of another one after all."""

    TYPE: ClassVar[str] = "groundswell.defects.unlinked.v1"
    post: str
    defect: str
    found_at: str
    reason: str = ""
    internal: Literal[True] = True
    at: str


DefectsEvent = DefectLinked | DefectUnlinked

EVENTS: tuple[type[DomainEvent], ...] = (DefectLinked, DefectUnlinked)
