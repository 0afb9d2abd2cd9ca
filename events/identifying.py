"""What clients say of persons and companies, checked, and its events: one rule for the API and the command line.

What is refused is named by its field, and never quoted: it may be somebody's name.
"""

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from msgspec import UNSET, UnsetType

from events.currencies import CURRENCIES
from events.domain.bounds import NAME_CHARACTERS, check_event_id, check_id, check_line
from events.domain.refusals import Invalid
from events.ids import new_id
from events.log.appender import Record
from events.people import (
    CompanyData,
    CompanyDescribed,
    Fact,
    PersonData,
    PersonIdentified,
    Spend,
    Subject,
    Trait,
    encode_fact,
    subject_of,
)
from events.times import Millis, event_time, format_time

EMAIL_CHARACTERS = 320
DOMAIN_CHARACTERS = 253
MOST_TRAITS = 50
TRAIT_CHARACTERS = 500
MOST_SPEND = 10**15
"""In the minor unit: more is a mistake."""
LARGEST_WHOLE = 2**53
"""Beyond, not every JSON reader knows whole numbers apart."""
TRAIT_PATTERN = r"[A-Za-z][A-Za-z0-9_.-]{0,63}"

_is_trait = re.compile(rf"{TRAIT_PATTERN}\Z").match
_is_email = re.compile(r"[^@\s]+@[^@\s]+\Z").match
_is_domain = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\Z").match


class When(NamedTuple):
    """When something became true (None: now), and its event's identity (None: it is made)."""

    at: str | None = None
    id: str | None = None


def identified(workspace: str, person: str, data: PersonData, when: When, present: Millis) -> PersonIdentified:
    """The event of what a client says of a person.

    Raises:
        Invalid: naming the field that can't be so.
    """
    check_id("person", person)
    if data.email and (len(data.email) > EMAIL_CHARACTERS or _is_email(data.email) is None):
        raise Invalid("email", f"must be an e-mail address of {EMAIL_CHARACTERS} characters at most")
    _check_line("email", data.email, EMAIL_CHARACTERS)
    if data.company:
        check_id("company", data.company)
    elif data.company == "":
        raise Invalid("company", "must not be empty: null takes it away")
    traits = _checked(data.name, data.plan, data.spend, data.traits)
    id, time = _identity(when, present)
    kept = PersonData(
        name=data.name, email=data.email, company=data.company, plan=data.plan, spend=data.spend, traits=traits
    )
    return PersonIdentified(id=id, source=workspace, subject=person, time=time, data=kept)


def described(workspace: str, company: str, data: CompanyData, when: When, present: Millis) -> CompanyDescribed:
    """The event of what a client says of a company. Raises as `identified`."""
    check_id("company", company)
    if data.domain and (len(data.domain) > DOMAIN_CHARACTERS or _is_domain(data.domain) is None):
        raise Invalid("domain", "must be a domain, as example.com")
    _check_line("domain", data.domain, DOMAIN_CHARACTERS)
    traits = _checked(data.name, data.plan, data.spend, data.traits)
    id, time = _identity(when, present)
    kept = CompanyData(name=data.name, domain=data.domain, plan=data.plan, spend=data.spend, traits=traits)
    return CompanyDescribed(id=id, source=workspace, subject=company, time=time, data=kept)


def record_of(fact: Fact, partitions: int) -> tuple[int, Record]:
    """A fact's record, and which of so many partitions it belongs in."""
    subject = subject_of(fact)
    return subject.partition(partitions), Record(subject.record_key(), encode_fact(fact))


def tombstone_of(subject: Subject, partitions: int) -> tuple[int, Record]:
    """The record that forgets all that was recorded of somebody before it, and the partition that it belongs in."""
    return subject.partition(partitions), Record(subject.key, None)


def _checked(
    name: str | UnsetType | None,
    plan: str | UnsetType | None,
    spend: Spend | UnsetType | None,
    traits: Mapping[str, Trait | None],
) -> dict[str, Trait | None]:
    """Check what persons and companies have in common; the traits as they are kept."""
    _check_line("name", name, NAME_CHARACTERS * 2)
    _check_line("plan", plan, NAME_CHARACTERS)
    if spend:
        if not 0 <= spend.amount <= MOST_SPEND:
            raise Invalid("spend.amount", f"must lie between 0 and {MOST_SPEND}, in the currency's minor unit")
        if spend.currency not in CURRENCIES:
            raise Invalid("spend.currency", "must be a currency's code of ISO 4217, as EUR")
    if len(traits) > MOST_TRAITS:
        raise Invalid("traits", f"may be {MOST_TRAITS} at most; these are {len(traits)}")
    return {trait: _checked_trait(trait, value) for trait, value in traits.items()}


def _checked_trait(trait: str, value: Trait | None) -> Trait | None:
    if _is_trait(trait) is None:
        raise Invalid("traits", f"a trait's name must match {TRAIT_PATTERN}")
    if isinstance(value, str):
        check_line(f"traits.{trait}", value, most=TRAIT_CHARACTERS)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise Invalid(f"traits.{trait}", "must be a finite number")
        if value.is_integer() and abs(value) <= LARGEST_WHOLE:
            return int(value)
    elif isinstance(value, int) and abs(value) > LARGEST_WHOLE:
        raise Invalid(f"traits.{trait}", f"must lie between -{LARGEST_WHOLE} and {LARGEST_WHOLE}")
    return value


def _check_line(field: str, value: str | UnsetType | None, most: int) -> None:
    if value is not None and value is not UNSET:
        check_line(field, value, least=1, most=most)


def _identity(when: When, present: Millis) -> tuple[str, str]:
    if when.id is not None:
        check_event_id("id", when.id)
    try:
        time = format_time(present) if when.at is None else event_time(when.at, present)
    except ValueError as error:
        raise Invalid("at", str(error)) from error
    return when.id or new_id(), time
