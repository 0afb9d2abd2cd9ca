"""What the demand is worth: for each plan and segment how many ask, what they pay a month, and what they want most."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from projections.clickhouse.query import Query
from projections.customers.demand import members
from projections.customers.voices import voices
from projections.moments import AT, WORKSPACE
from projections.report import words
from projections.report.request import ReportRequest
from projections.report.section import Answers, Cell, Column, Section, Table

TITLE = "What the demand is worth"
EMPTY = (
    "Nothing is known of who votes. Tell what your persons and companies pay with PUT /v1/persons/{person} and "
    "PUT /v1/companies/{company}, and group them with PUT /v1/segments/{segment}."
)
SHOWN = 12


class Worth(NamedTuple):
    """Those of a plan or a segment who stand up for something: `spend` is a month's by currency, each payer once.

    `wish` is the title of what most of them want that is not done.
    """

    asker: str
    persons: int
    companies: int
    votes: int
    spend: dict[str, int]
    wish: str
    wish_votes: int


def questions(request: ReportRequest) -> Mapping[str, Query]:
    """By plan, and by segment."""
    at = AT if request.past else None
    # Only of those of whom something is known can it be said what they pay: most of ten million votes are not theirs.
    known = f"person IN (SELECT person FROM <{'person_history' if request.past else 'people'}> WHERE {WORKSPACE})"
    voice = voices(where=WORKSPACE, posts=request.posts_on_board(), whom=known, at=at, sides=("now",))
    ups = f"SELECT post, person, pays_now AS pays FROM ({voice}) WHERE value = 1"
    by_plan = f"SELECT post, person, pays, pays.plan AS asker FROM ({ups}) WHERE asker != ''"
    by_segment = f"""SELECT up.post AS post, up.person AS person, up.pays AS pays, member.segment AS asker
FROM ({ups}) AS up
JOIN (SELECT person, segment FROM {members(at)} WHERE {WORKSPACE}) AS member ON member.person = up.person"""
    names = f"SELECT segment, name FROM <segments> WHERE {WORKSPACE}"
    return {
        "worth_by_plan": request.query(_worth(by_plan)),
        "worth_by_segment": request.query(f"""SELECT if(known.name = '', worth.asker, known.name),
  worth.* EXCEPT (asker)
FROM ({_worth(by_segment)}) AS worth LEFT JOIN ({names}) AS known ON known.segment = worth.asker"""),
    }


def section(request: ReportRequest, answers: Answers) -> Section:
    """The section."""
    plans, segments = (
        [msgspec.convert(row, Worth) for row in answers[name]] for name in ("worth_by_plan", "worth_by_segment")
    )
    if not plans and not segments:
        return Section("worth", TITLE, "", empty=EMPTY)
    tables = [_table(f"By {name}", name, found) for name, found in (("plan", plans), ("segment", segments)) if found]
    return Section(
        "worth",
        TITLE,
        _sentence(plans or segments),
        tables=tables,
        note="Spend is a month's, as known now, of those whose up-votes stand: a company once, however many of its "
        "people voted. Somebody may be in several segments.",
        wide=True,
    )


def _worth(voices: str) -> str:
    """Up-votes with `asker`, added up: columns of `Worth`, the most up-votes first."""
    payers = f"""SELECT asker, pays.company AS company, pays.payer AS payer, any(pays.spend) AS spend,
    any(pays.currency) AS currency, uniqExact(person) AS persons, count() AS votes
  FROM ({voices}) GROUP BY asker, company, payer"""
    wishes = f"""SELECT asker, wrote.title AS title, count() AS votes
  FROM ({voices}) AS voice
  JOIN (SELECT post, title FROM <posts> WHERE {WORKSPACE} AND kind NOT IN ('shipped', 'declined')) AS wrote
    ON wrote.post = voice.post
  GROUP BY asker, voice.post, title ORDER BY asker, votes DESC, voice.post LIMIT 1 BY asker"""
    return f"""SELECT paying.asker AS asker, paying.persons AS persons, paying.companies AS companies,
  paying.votes AS votes, paying.spend AS spend, wish.title AS wish, wish.votes AS wish_votes
FROM (
  SELECT asker, sum(payer.persons) AS persons, countIf(payer.company != '') AS companies, sum(payer.votes) AS votes,
    sumMapIf(map(payer.currency, payer.spend), payer.currency != '') AS spend
  FROM ({payers}) AS payer GROUP BY asker
) AS paying
LEFT JOIN ({wishes}) AS wish ON wish.asker = paying.asker
ORDER BY votes DESC, asker LIMIT {SHOWN}"""


def _sentence(found: Sequence[Worth]) -> str:
    currency = _currency(found)
    first = max(found, key=lambda each: (each.spend.get(currency, 0), each.votes))
    votes = sum(each.votes for each in found)
    said = f"{words.quoted(first.asker)} pays most, "
    said += f"{words.money(first.spend.get(currency, 0), currency)} a month" if currency else "though nothing is known"
    said += f", and gave {words.share(first.votes / max(1, votes))} of these up-votes"
    return said + (f"; it wants {words.quoted(first.wish)} most." if first.wish else ".")


def _currency(found: Sequence[Worth]) -> str:
    """The currency that most of the spend is in, by how many have any; empty where nobody has."""
    counts: dict[str, int] = {}
    for each in found:
        for currency in each.spend:
            counts[currency] = counts.get(currency, 0) + 1
    return min(counts, key=lambda currency: (-counts[currency], currency), default="")


def _table(caption: str, name: str, found: Sequence[Worth]) -> Table:
    currency = _currency(found)
    most = max(1, *(each.spend.get(currency, 0) for each in found))
    rows = [
        (
            Cell(words.plain(each.asker)),
            Cell(_spend(each, currency)),
            Cell("", share=max(0, each.spend.get(currency, 0)) / most),
            Cell(words.number(each.votes)),
            Cell(words.number(each.persons)),
            Cell(words.number(each.companies)),
            Cell(words.plain(each.wish) or words.NOTHING, under=_by(each)),
        )
        for each in found
    ]
    columns = (
        Column(name.capitalize(), words=True), Column("Spend a month", number=True), Column("", minor=True),
        Column("Up-votes", number=True), Column("Persons", number=True, minor=True),
        Column("Companies", number=True, minor=True), Column("Wants most", words=True),
    )  # fmt: skip
    return Table(caption, columns, rows)


def _by(each: Worth) -> str:
    return words.count(each.wish_votes, "up-vote") if each.wish else ""


def _spend(each: Worth, currency: str) -> str:
    order = sorted(each.spend, key=lambda known: (known != currency, known))
    return " + ".join(words.money(each.spend[known], known) for known in order) or words.NOTHING
