"""How often a person or a company was forgotten, and last when: what is left of them, beside the pseudonym."""

from typing import ClassVar, Self
from uuid import UUID

import msgspec

from events.domain.event import DomainEvent, NotItsEvent
from events.domain.forgetting.events import CompanyForgotten, PersonForgotten


class ForgottenPerson(msgspec.Struct, frozen=True, kw_only=True):
    """A person who was forgotten, last at `at`; they may have become known again since."""

    KIND: ClassVar[str] = "forgotten-person"
    FIRST: ClassVar[type[DomainEvent]] = PersonForgotten

    id: UUID
    version: int
    person: str
    at: str

    @classmethod
    def begin(cls, id: UUID, event: PersonForgotten) -> Self:
        """After the first time."""
        return cls(id=id, version=1, person=event.person, at=event.at)

    def evolve(self, event: DomainEvent) -> "ForgottenPerson":
        """After one more time."""
        if not isinstance(event, PersonForgotten):
            raise NotItsEvent(f"the forgotten person {self.person!r}", event)
        return msgspec.structs.replace(self, version=self.version + 1, at=event.at)


class ForgottenCompany(msgspec.Struct, frozen=True, kw_only=True):
    """A company that was forgotten, last at `at`."""

    KIND: ClassVar[str] = "forgotten-company"
    FIRST: ClassVar[type[DomainEvent]] = CompanyForgotten

    id: UUID
    version: int
    company: str
    at: str

    @classmethod
    def begin(cls, id: UUID, event: CompanyForgotten) -> Self:
        """After the first time."""
        return cls(id=id, version=1, company=event.company, at=event.at)

    def evolve(self, event: DomainEvent) -> "ForgottenCompany":
        """After one more time."""
        if not isinstance(event, CompanyForgotten):
            raise NotItsEvent(f"the forgotten company {self.company!r}", event)
        return msgspec.structs.replace(self, version=self.version + 1, at=event.at)
