"""A team: a name for those who do the work."""

from collections.abc import Sequence
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from events.domain.bounds import NAME_CHARACTERS, REASON_CHARACTERS, check_id, check_line, check_text
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.teams.events import TeamDefined, TeamEvent, TeamRemoved


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """A team as it stands; a removed one may be defined again.

    `at` is when it was defined first, `touched` when it was last decided on.
    """

    KIND: ClassVar[str] = "team"
    FIRST: ClassVar[type[DomainEvent]] = TeamDefined

    id: UUID
    version: int
    team: str
    name: str
    at: str
    touched: str
    removed: bool = False

    @classmethod
    def begin(cls, id: UUID, event: TeamDefined) -> Self:
        """The team that this event defined."""
        return cls(id=id, version=1, team=event.team, name=event.name, at=event.at, touched=event.at)

    def evolve(self, event: DomainEvent) -> "Team":
        """The team after this event."""
        replace, version = msgspec.structs.replace, self.version + 1
        match event:
            case TeamDefined():
                touched = max(self.touched, event.at)
                return replace(self, version=version, name=event.name, removed=False, touched=touched)
            case TeamRemoved():
                return replace(self, version=version, removed=True, touched=max(self.touched, event.at))
            case _:
                raise NotItsEvent(f"team {self.team!r}", event)

    def define(self, event: TeamDefined) -> Sequence[TeamEvent]:
        """Have it be called so. What is so already is no event."""
        return () if event.name == self.name and not self.removed else (event,)

    def remove(self, *, reason: str, at: str) -> Sequence[TeamEvent]:
        """Have there be no such team. That there is none is no event."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        return () if self.removed else (TeamRemoved(team=self.team, reason=reason, at=at),)


def define_team(*, team: str, name: str, reason: str, at: str) -> TeamDefined:
    """What has a team be called so, whether it is there or not."""
    check_id("team", team)
    check_line("name", name, least=1, most=NAME_CHARACTERS)
    check_text("reason", reason, most=REASON_CHARACTERS)
    return TeamDefined(team=team, name=name, reason=reason, at=at)
