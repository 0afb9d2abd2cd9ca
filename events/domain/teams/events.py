"""What happens to teams. It is internal: none of it is for the public."""

from typing import ClassVar

import msgspec

from events.domain.event import DomainEvent


class TeamDefined(msgspec.Struct, frozen=True, kw_only=True):
    """There is a team of this name."""

    TYPE: ClassVar[str] = "groundswell.team.defined.v1"
    team: str
    name: str
    reason: str = ""
    internal: bool = True
    at: str


class TeamRemoved(msgspec.Struct, frozen=True, kw_only=True):
    """There is no such team any more. What it did stays its own."""

    TYPE: ClassVar[str] = "groundswell.team.removed.v1"
    team: str
    reason: str = ""
    internal: bool = True
    at: str


TeamEvent = TeamDefined | TeamRemoved

EVENTS: tuple[type[DomainEvent], ...] = (TeamDefined, TeamRemoved)
