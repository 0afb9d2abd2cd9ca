"""Whose people the people of the sample are: companies with plans and a monthly spend, which change during the year."""

from collections.abc import Sequence
from typing import NamedTuple

from events.domain.segments.events import Condition
from events.people import CompanyData, CompanyDescribed, Fact, PersonData, PersonIdentified, Spend
from events.submission import SubmittedVote
from events.times import DAY, Millis, format_time
from services.sample.calendar import BEGIN, END, at_an_hour
from services.sample.dice import Dice, Urn
from services.sample.people import Person
from services.sample.tastes import LARGE, PHONE, leanings

_FIRST = (
    "Amber", "Birch", "Cobalt", "Delta", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper", "Keel", "Lumen",
    "Maple", "North", "Opal", "Pine", "Quarry", "River", "Slate", "Tidal", "Umber", "Vale", "Willow", "Zenith",
)  # fmt: skip
_SECOND = ("Freight", "Studios", "Clinics", "Foods", "Energy")
_COUNT = 60
_IN_A_COMPANY = 470
"""Of a thousand persons."""


class _Plan(NamedTuple):
    """A plan of companies, and what it costs a month, in cents: at least, and up to how much more."""

    plan: str
    least: int
    more: int


_PLANS = (_Plan("team", 4_900, 60_000), _Plan("business", 69_000, 380_000), _Plan("enterprise", 420_000, 2_900_000))
_PLAN = Urn((34, 17, 9))
_CURRENCY = Urn((40, 20))
_MOST_MORE = 4


class _Company(NamedTuple):
    """A company, and the place of the plan that it begins with."""

    company: str
    place: int


class SampleSegment(NamedTuple):
    """Rules that tell the sample's persons apart."""

    segment: str
    name: str
    conditions: tuple[Condition, ...]


SEGMENTS = (
    SampleSegment("enterprise", "Enterprise", (Condition("company.plan", "eq", ("enterprise",)),)),
    SampleSegment("self-serve", "Self-serve", (Condition("plan", "in", ("free", "solo")),)),
    SampleSegment("on-a-phone", "Mostly on a phone", (Condition("traits.device", "eq", ("phone",)),)),
    SampleSegment("large-eu", "Pays 2,000 EUR and more", (Condition("company.spend", "gte", (200_000,), "EUR"),)),
)


def make_facts(dice: Dice, workspace: str, people: Sequence[Person], votes: Sequence[SubmittedVote]) -> list[Fact]:
    """What became known of companies and persons during the year, each with its identity.

    Who asks for what large customers need works rather where much is paid, and who asks for the app is on a phone.
    """
    large, phone = leanings(LARGE, votes), leanings(PHONE, votes)
    facts = _Facts(workspace)
    companies = [_company(dice, facts, number) for number in range(_COUNT)]
    urn = Urn([1000 // (6 + number) + 4 for number in range(_COUNT)])
    for person in people:
        traits = {"device": "phone" if dice.chance(330 + 220 * phone[person.id]) else "desktop"}
        if dice.chance(_IN_A_COMPANY + 150 * max(0, large[person.id])):
            company = _employer(dice, urn, companies, large[person.id])
            facts.person(person, PersonData(company=company, traits=dict(traits)), person.joined)
            continue
        solo = dice.chance(260)
        said = PersonData(plan="solo" if solo else "free", spend=Spend(900 if solo else 0, "EUR"), traits=dict(traits))
        facts.person(person, said, person.joined)
        if not solo and dice.chance(60):
            later = at_an_hour(dice, person.joined + dice.below(END - person.joined - 2 * DAY) + DAY)
            facts.person(person, PersonData(plan="solo", spend=Spend(900, "EUR")), later)
    return facts.made


class _Facts:
    """Facts with running identities."""

    def __init__(self, workspace: str) -> None:
        self.made: list[Fact] = []
        self._workspace = workspace

    def person(self, person: Person, said: PersonData, at: Millis) -> None:
        self.made.append(
            PersonIdentified(id=self._id(), source=self._workspace, subject=person.id, time=format_time(at), data=said)
        )

    def company(self, company: str, said: CompanyData, at: Millis) -> None:
        self.made.append(
            CompanyDescribed(id=self._id(), source=self._workspace, subject=company, time=format_time(at), data=said)
        )

    def _id(self) -> str:
        return f"sample-fact-{len(self.made):05d}"


def _employer(dice: Dice, urn: Urn, companies: Sequence[_Company], leaning: int) -> str:
    """One company of all; of several the one that pays most where somebody asks for what these do, else least."""
    drawn = [companies[urn.draw(dice)] for _ in range(1 + min(_MOST_MORE, 2 * abs(leaning)))]
    which = max if leaning > 0 else min
    return which(drawn, key=lambda company: company.place).company


def _company(dice: Dice, facts: _Facts, number: int) -> _Company:
    """A company's year: it begins with a plan; some go for the next one, and a few leave."""
    name = f"{_FIRST[number % len(_FIRST)]} {_SECOND[number // len(_FIRST) + dice.below(3)]}"
    company = f"{name.lower().replace(' ', '-')}-{number}"
    currency = ("EUR", "USD")[_CURRENCY.draw(dice)]
    place = _PLAN.draw(dice)
    seats = (2 + dice.below(12)) * (1, 5, 25)[place]
    began = BEGIN - dice.below(300) * DAY
    facts.company(company, _pays(dice, place, currency, name=name, seats=seats), began)
    if place < 2 and dice.chance(260):
        at = at_an_hour(dice, BEGIN + (40 + dice.below(300)) * DAY)
        facts.company(company, _pays(dice, place + 1, currency, seats=seats * 4), at)
    elif dice.chance(90):
        at = at_an_hour(dice, BEGIN + (120 + dice.below(200)) * DAY)
        facts.company(company, CompanyData(plan="cancelled", spend=Spend(0, currency)), at)
    return _Company(company, place)


def _pays(dice: Dice, place: int, currency: str, *, seats: int, name: str | None = None) -> CompanyData:
    plan = _PLANS[place]
    spend = Spend((plan.least + dice.below(plan.more)) // 100 * 100, currency)
    if name is None:
        return CompanyData(plan=plan.plan, spend=spend, traits={"seats": seats})
    return CompanyData(name=name, plan=plan.plan, spend=spend, traits={"seats": seats})
