"""That somebody was forgotten. Nothing here is a free text: that could hold the very name."""

from typing import ClassVar, Literal

import msgspec

from events.domain.event import DomainEvent

ForgetReason = Literal["requested", "retention", "contract-ended", "mistake"]
"""The person asked for it; it was kept for long enough; the customer left; it should never have come in."""


class PersonForgotten(msgspec.Struct, frozen=True, kw_only=True):
    """What was known of a person was forgotten; the pseudonym stays on their votes."""

    TYPE: ClassVar[str] = "groundswell.person.forgotten.v1"
    person: str
    reason: ForgetReason
    at: str


class CompanyForgotten(msgspec.Struct, frozen=True, kw_only=True):
    """What was known of a company was forgotten; its id stays on its persons."""

    TYPE: ClassVar[str] = "groundswell.company.forgotten.v1"
    company: str
    reason: ForgetReason
    at: str


EVENTS: tuple[type[DomainEvent], ...] = (PersonForgotten, CompanyForgotten)
