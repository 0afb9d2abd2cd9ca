"""Bodies that say something of persons and companies, and putting it on the log; and who may read it."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query
from msgspec import UNSET, UnsetType
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from starlette.requests import Request

from api import problems
from api.appending import append
from api.ballots import Ballot
from api.commands import carry_out
from api.idempotency import fact_id, idempotency_key
from api.parameters import ID
from api.problems import Problem
from api.services import Services
from api.times import now
from api.waiting import PEOPLE
from events.domain.aggregates import A
from events.domain.commands import Command
from events.domain.directory import KeyEntry
from events.domain.execution import Saved
from events.domain.forgetting.events import ForgetReason
from events.identifying import When, described, identified, record_of, tombstone_of
from events.people import CompanyData, Kind, PersonData, Spend, Subject, Trait
from events.position import Positions
from projections.clickhouse.query import Query as ViewQuery

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


class _Body(BaseModel):
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


class PersonBody(_Body):
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


class CompanyBody(_Body):
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


class Saying:
    """What one request says of persons and companies, to be put on the log."""

    def __init__(self, services: Services, request: Request, key: KeyEntry) -> None:
        self._workspace = key.workspace
        self._retry_key = idempotency_key(request.scope)
        self._partitions = services.people.partitions
        self._present = now()

    def person(self, index: int, person: str, body: PersonBody) -> Ballot:
        """The record of what is said of a person. Raises `Invalid`."""
        when = self._when(index, "person", person, body)
        return Ballot(
            *record_of(identified(self._workspace, person, body.data(), when, self._present), self._partitions)
        )

    def company(self, company: str, body: CompanyBody) -> Ballot:
        """The record of what is said of a company. Raises `Invalid`."""
        when = self._when(0, "company", company, body)
        return Ballot(
            *record_of(described(self._workspace, company, body.data(), when, self._present), self._partitions)
        )

    def _when(self, index: int, kind: str, subject: str, body: _Body) -> When:
        if body.id is None and self._retry_key is not None:
            return When(body.at, fact_id(self._workspace, self._retry_key, index, kind, subject))
        return When(body.at, body.id)


async def put_on_log(services: Services, records: list[Ballot]) -> str:
    """Append records to the topic `people`: the position after all of them.

    Raises:
        AppendError: if it is not known of any of them; all of them may be sent again.
    """
    return (await _put(services, records)).token()


async def _bury(services: Services, subject: Subject) -> Positions:
    """Put the tombstone that forgets somebody on the log. Raises AppendError as `put_on_log`."""
    return await _put(services, [Ballot(*tombstone_of(subject, services.people.partitions))])


async def _folded_own(services: Services) -> None:
    """Wait until the view has what this process put on the log, before it says that it knows nothing.

    Raises:
        Problem: 503 if that takes too long.
    """
    await services.progress.wait([PEOPLE], Positions(dict(services.people_written)))


async def known_row(services: Services, asked: ViewQuery, kind: Kind, id: str) -> Sequence[object]:
    """The one row of a query about a person or company.

    Raises:
        Problem: 404 if nothing is known.
    """
    rows = await services.view.rows(asked)
    if not rows:
        await _folded_own(services)
        rows = await services.view.rows(asked)
    if not rows:
        raise Problem.of_field(problems.NOT_FOUND, kind, f"nothing is known of {kind} {id!r}")
    return rows[0]


async def forget(
    services: Services, request: Request, key: KeyEntry, subject: Subject, command: Command[A]
) -> tuple[Saved[A], Positions]:
    """Have somebody forgotten, and decide so: the decision, and what a read that knows of both must have."""
    buried = await _bury(services, subject)
    saved = await carry_out(services, request, key, command)
    return saved, Positions({**buried.next_offsets, **Positions.after([saved.position]).next_offsets})


async def _put(services: Services, records: list[Ballot]) -> Positions:
    positions = Positions.from_token(await append(services, records, services.people))
    for partition, offset in positions.next_offsets.items():
        services.people_written[partition] = max(services.people_written.get(partition, 0), offset)
    return positions


def check_reads_people(key: KeyEntry) -> None:
    """Raises Problem 403 for a key that must not see what is known of persons and companies."""
    if not key.sees_internal:
        raise Problem(
            problems.FORBIDDEN,
            "what is known of persons and companies is for keys of role admin, and for those made with --internal",
        )
