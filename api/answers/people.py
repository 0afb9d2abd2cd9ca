"""What reads and writes of persons, companies and segments answer with. Times are RFC 3339 in UTC with milliseconds."""

from typing import Annotated, Literal

from pydantic import Field

from api.answers.answer import Answer, NextCursor, Position, Time
from events.domain.forgetting.events import ForgetReason
from events.domain.segments.events import Match, Op

Trait = str | int | float | bool
Traits = Annotated[dict[str, Trait], Field(examples=[{"seats": 25, "role": "admin"}])]


class SpendAnswer(Answer):
    """What is paid a month: `amount` in the currency's minor unit."""

    amount: int
    currency: str


class IdentifiedPerson(Answer):
    """Said of a person, and on the log."""

    person: str
    position: Position


class DescribedCompany(Answer):
    """Said of a company, and on the log."""

    company: str
    position: Position


class IdentifiedPersons(Answer):
    """Said of so many persons, and on the log."""

    accepted: int
    position: Position


class PersonAnswer(Answer):
    """What is known of a person."""

    person: str
    name: str | None
    email: str | None
    company: str | None
    plan: str | None
    spend: SpendAnswer | None
    traits: Traits
    first_seen: Time
    updated_at: Time


class PersonNow(PersonAnswer):
    """What is known of a person now."""

    position: Position


class Persons(Answer):
    """A page of persons by id."""

    items: list[PersonAnswer]
    next_cursor: NextCursor
    position: Position


class CompanyAnswer(Answer):
    """What is known of a company."""

    company: str
    name: str | None
    domain: str | None
    plan: str | None
    spend: SpendAnswer | None
    traits: Traits
    first_seen: Time
    updated_at: Time


class CompanyNow(CompanyAnswer):
    """What is known of a company now."""

    position: Position


class Companies(Answer):
    """A page of companies by id."""

    items: list[CompanyAnswer]
    next_cursor: NextCursor
    position: Position


class PersonPast(Answer):
    """What was so of a person from a moment on: no name and no address, which have no history."""

    occurred_at: Time
    recorded_at: Time
    company: str | None
    plan: str | None
    spend: SpendAnswer | None
    traits: Traits


class PersonHistory(Answer):
    """A page of what was so of a person, in order."""

    items: list[PersonPast]
    next_cursor: NextCursor
    position: Position


class CompanyPast(Answer):
    """What was so of a company from a moment on."""

    occurred_at: Time
    recorded_at: Time
    plan: str | None
    spend: SpendAnswer | None
    traits: Traits


class CompanyHistory(Answer):
    """A page of what was so of a company, in order."""

    items: list[CompanyPast]
    next_cursor: NextCursor
    position: Position


class ForgottenPerson(Answer):
    """A person who was forgotten; `position` is past it: a read that is given it as `after` knows nothing any more."""

    person: str
    reason: ForgetReason
    forgotten_at: Time
    position: Position


class ForgottenCompany(Answer):
    """A company that was forgotten."""

    company: str
    reason: ForgetReason
    forgotten_at: Time
    position: Position


class ConditionAnswer(Answer):
    """One comparison of a segment's rules."""

    field: str
    op: Op
    values: list[Trait]
    currency: str | None


class SegmentAnswer(Answer):
    """A segment and its rules."""

    segment: str
    name: str
    match: Match
    conditions: list[ConditionAnswer]
    version: int


class WrittenSegment(SegmentAnswer):
    """A segment as it was decided."""

    removed: Literal[True, False]
    position: Position


class ListedSegment(SegmentAnswer):
    """A segment in a list."""

    updated_at: Time


class Segments(Answer):
    """A page of segments by id."""

    items: list[ListedSegment]
    next_cursor: NextCursor
    position: Position


class Members(Answer):
    """A page of the persons in a segment, by id."""

    items: list[str]
    next_cursor: NextCursor
    as_of: Time | None
    position: Position
