"""What the demand is worth: for each plan and segment how many ask, what they pay a month, and what they want most."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from projections.clickhouse.query import FILTER_FIRST, Query
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
    """By plan, and by segment: whoever stands up for something counts for the plan and for each of the segments."""
    at = AT if request.past else None
    # Only of those of whom something is known can it be said what they pay: most of ten million votes are not theirs.
    known = f"person IN (SELECT person FROM <{'person_history' if request.past else 'people'}> WHERE {WORKSPACE})"
    voice = voices(where=WORKSPACE, posts=request.posts_on_board(), whom=known, at=at, sides=("now",))
    ups = f"""SELECT up.post AS post, up.person AS person, up.pays_now AS pays, arrayJoin(arrayConcat(
    if(pays.plan = '', [], [('plan', pays.plan)]), arrayMap(each -> ('segment', each), member.segments))) AS asker
FROM (SELECT post, person, pays_now FROM ({voice}) WHERE value = 1) AS up
LEFT JOIN (
  SELECT person, groupArray(segment) AS segments FROM {members(at)} WHERE {WORKSPACE} GROUP BY person
) AS member ON member.person = up.person"""
    sql = f"""SELECT worth.asker.1, if(named.name = '', worth.asker.2, named.name), worth.persons, worth.companies,
  worth.votes, worth.spend, wrote.title, worth.wish_votes
FROM ({_worth(ups)}) AS worth
LEFT JOIN (SELECT ('segment', segment) AS asker, name FROM <segments> WHERE {WORKSPACE}) AS named
  ON named.asker = worth.asker
LEFT JOIN (SELECT post, title FROM <posts> WHERE {WORKSPACE}) AS wrote ON wrote.post = worth.wish
ORDER BY worth.asker.1, worth.votes DESC, worth.asker.2 LIMIT {SHOWN} BY worth.asker.1"""
    return {"worth": request.query(sql)._replace(settings=FILTER_FIRST)}


def section(request: ReportRequest, answers: Answers) -> Section:
    """The section."""
    plans, segments = (
        [msgspec.convert(worth, Worth) for kind, *worth in answers["worth"] if kind == dimension]
        for dimension in ("plan", "segment")
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


def _worth(ups: str) -> str:
    """Up-votes with `asker`, added up: asker, persons, companies, votes, spend, wish (a post), wish_votes.

    They are grouped by who pays and by post, at one look.
    """
    groups = f"""SELECT asker, company, payer, post, grouping(post) = 1 AS is_payer, any(pays.spend) AS spend,
    any(pays.currency) AS currency, uniqExact(person) AS persons, count() AS votes
  FROM (SELECT asker, pays.company AS company, pays.payer AS payer, pays, post, person FROM ({ups}))
  GROUP BY GROUPING SETS ((asker, company, payer), (asker, post))"""
    open_posts = f"SELECT post FROM <posts> WHERE {WORKSPACE} AND kind NOT IN ('shipped', 'declined')"
    return f"""SELECT asker, sumIf(part.persons, part.is_payer) AS persons,
    countIf(part.is_payer AND part.company != '') AS companies, sumIf(part.votes, part.is_payer) AS votes,
    sumMapIf(map(part.currency, part.spend), part.is_payer AND part.currency != '') AS spend,
    argMinIf((part.post, part.votes), (-toInt64(part.votes), part.post), part.wanted) AS wished,
    wished.1 AS wish, wished.2 AS wish_votes
  FROM (SELECT *, NOT is_payer AND post IN ({open_posts}) AS wanted FROM ({groups})) AS part GROUP BY asker"""


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
