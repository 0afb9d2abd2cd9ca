"""What requests say of persons and companies."""

from typing import Annotated

from fastapi import Query
from msgspec import UNSET, UnsetType
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from api.parameters import ID
from events.domain.forgetting.events import ForgetReason
from events.people import CompanyData, PersonData, Spend, Trait

_PERSON: JsonDict = {
    "name": "Ann Example", "email": "ann@example.com", "company": "globex", "plan": "gold",
    "spend": {"amount": 12900, "currency": "EUR"}, "traits": {"seats": 25, "role": "admin"},
}  # fmt: skip
_COMPANY: JsonDict = {
    "name": "Globex", "domain": "globex.example", "plan": "team", "spend": {"amount": 990000, "currency": "EUR"},
    "traits": {"industry": "steel"},
}  # fmt: skip
MOST_PERSONS = 1000
"""The most persons in one batch."""


class SpendBody(BaseModel):
    """What is paid a month: `amount` in the currency's minor unit (cents), `currency` by its code of ISO 4217."""

    model_config = ConfigDict(extra="forbid", strict=True)

    amount: int
    currency: str


class PeopleBody(BaseModel):
    """What is left out stays as it was; null takes it away."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str | None = None
    plan: str | None = None
    spend: SpendBody | None = None
    traits: dict[str, Trait | None] = Field(
        default_factory=dict, description="At most 50, texts, numbers or truths; null takes one away."
    )
    at: str | None = Field(None, max_length=64, json_schema_extra={"format": "date-time"})
    id: str | None = None

    def text(self, field: str) -> str | UnsetType | None:
        """A text of the body; unset where it was left out."""
        value: str | None = getattr(self, field)
        return value if field in self.model_fields_set else UNSET

    @property
    def paid(self) -> Spend | UnsetType | None:
        """The spend; unset where it was left out."""
        if "spend" not in self.model_fields_set:
            return UNSET
        return None if self.spend is None else Spend(self.spend.amount, self.spend.currency)


class PersonBody(PeopleBody):
    """What is now so of a person. `at` is since when (default: now), `id` the event's identity."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_PERSON]})

    email: str | None = None
    company: str | None = None

    def data(self) -> PersonData:
        """As events have it."""
        return PersonData(
            name=self.text("name"), email=self.text("email"), company=self.text("company"), plan=self.text("plan"),
            spend=self.paid, traits=self.traits,
        )  # fmt: skip


class PersonItem(PersonBody):
    """One person of a batch."""

    model_config = ConfigDict(extra="forbid", strict=True)

    person: Annotated[str, Field(pattern=ID)]


class PersonsBody(BaseModel):
    """At most 1,000 persons: all are taken, or none."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"persons": [{"person": "p-1042", **_PERSON}, {"person": "p-7"}]}]},
    )

    persons: list[PersonItem] = Field(min_length=1, max_length=MOST_PERSONS)


class CompanyBody(PeopleBody):
    """What is now so of a company. `at` is since when (default: now), `id` the event's identity."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_COMPANY]})

    domain: str | None = None

    def data(self) -> CompanyData:
        """As events have it."""
        return CompanyData(
            name=self.text("name"), domain=self.text("domain"), plan=self.text("plan"), spend=self.paid,
            traits=self.traits,
        )  # fmt: skip


class ForgetQuery(BaseModel):
    """Why somebody is forgotten. No free text: that could hold the very name."""

    model_config = ConfigDict(extra="forbid")

    reason: ForgetReason = "requested"


Forget = Annotated[ForgetQuery, Query()]
