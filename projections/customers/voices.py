"""Voices, as SQL: each standing vote, and who pays behind it, as of the vote and as of the moment that is asked for.

Who pays is a named tuple: `company` is the voter's, `payer` the voter where there is no company (else empty); `spend`
is a month's, in the minor unit of `currency`; `plan` is the company's, or the person's own where none is known of it.
"""

from collections.abc import Sequence
from typing import Literal

from projections.people import membership
from projections.votes import believed

Side = Literal["then", "now"]
"""As of the vote, and as of the moment that is asked for: now, or a past one."""
SIDES: tuple[Side, ...] = ("then", "now")

_PAID = "plan, spend, currency"
_PAYS = "Tuple(company String, payer String, plan String, spend Int64, currency String)"
_VOTE = ("workspace", "post", "person", "value", "importance", "since")


def votes(*, where: str, at: str | None = None, known_at: str | None = None) -> str:
    """The votes that stand, or stood at a moment: workspace, post, person, value, importance, since.

    `where` is a condition on workspace, post and person; moments are SQL expressions of type DateTime64(3, 'UTC').
    What is known at a moment is asked as of one, too.
    """
    if at is None:
        return f"SELECT {', '.join(_VOTE)} FROM <votes> WHERE {where}"
    return f"""SELECT workspace, post, person, last.1 AS value, last.2 AS importance, last.3 AS since
FROM (
  SELECT workspace, post, person, argMax((value_after, importance_after, since_after), {believed.LAST}) AS last
  FROM ({believed.timeline(f"{where} AND occurred_at <= {at}", known_at)})
  GROUP BY workspace, post, person
)
WHERE last.1 != 0"""


def persons(*, where: str, whom: str = "1", at: str | None = None, known_at: str | None = None) -> str:
    """Who is known, or was at a moment: workspace, person, pays.

    `where` is a condition on the workspace, `whom` one on workspace and person.
    """
    known = _known(known_at)
    people = f"SELECT workspace, person, company, {_PAID} FROM <people> WHERE {where} AND {whom}"
    companies = f"SELECT workspace, company, {_PAID} FROM <companies> WHERE {where}"
    if at is not None:
        people = membership.as_of("person", f"company, {_PAID}", at, where=f"{where} AND {whom}{known}")
        companies = membership.as_of("company", _PAID, at, where=f"{where}{known}")
    return f"""SELECT person.workspace AS workspace, person.person AS person,
  {_pays("person.company", "person", "company")} AS pays
FROM ({people}) AS person
LEFT JOIN ({companies}) AS company
  ON company.workspace = person.workspace AND company.company = person.company"""


def voices(
    *, where: str, posts: str = "1", whom: str = "1", at: str | None = None, known_at: str | None = None,
    sides: Sequence[Side] = SIDES,
) -> str:  # fmt: skip
    """The standing votes: workspace, post, person, value, importance, since, and who pays: `pays_then`, `pays_now`.

    `where` is a condition on the workspace, `whom` one on workspace and person; `posts` one on the vote's post.
    """
    sql = votes(where=f"{where} AND {posts} AND {whom}", at=at, known_at=known_at)
    carried: tuple[str, ...] = _VOTE
    if "then" in sides:
        sql = _then(sql, where + _known(known_at), whom)
        carried = (*carried, "pays_then")
    if "now" in sides:
        sql = f"""SELECT {_of("voice", carried)}, known.pays AS pays_now
FROM ({sql}) AS voice
LEFT JOIN ({persons(where=where, whom=whom, at=at, known_at=known_at)}) AS known
  ON known.workspace = voice.workspace AND known.person = voice.person"""
    return sql


def _then(voices: str, where: str, whom: str) -> str:
    """Votes, and who paid behind each when it was given: two steps back in time, to the person and to the company."""
    worth = ("company", "plan", "spend", "currency")
    return f"""SELECT {_of("voice", _VOTE)}, {_pays("voice.past_company", "voice", "company", "past_")} AS pays_then
FROM (
  SELECT {_of("vote", _VOTE)}, {", ".join(f"past.{name} AS past_{name}" for name in worth)}
  FROM ({voices}) AS vote
  ASOF LEFT JOIN ({_moments("person", f"company, {_PAID}", f"{where} AND {whom}")}) AS past
    ON past.workspace = vote.workspace AND past.person = vote.person AND vote.since >= past.occurred_at
) AS voice
ASOF LEFT JOIN ({_moments("company", _PAID, where)}) AS company
  ON company.workspace = voice.workspace AND company.company = voice.past_company
    AND voice.since >= company.occurred_at"""


def _known(known_at: str | None) -> str:
    """The condition on facts about persons and companies that they were recorded by then."""
    return "" if known_at is None else f" AND recorded_at <= {known_at}"


def _moments(kind: str, columns: str, where: str) -> str:
    """The history of persons or companies, with one row a moment: what was said last of it."""
    return f"""SELECT workspace, {kind}, occurred_at, {columns} FROM <{kind}_history> WHERE {where}
    ORDER BY workspace, {kind}, occurred_at, `offset` DESC LIMIT 1 BY workspace, {kind}, occurred_at"""


def _pays(of: str, person: str, company: str, own: str = "") -> str:
    """Who pays behind a person of the company `of`, empty for none; `own` goes before the person's own columns."""
    return f"""CAST(({of}, if({of} = '', {person}.person, ''),
    if({company}.plan != '', {company}.plan, {person}.{own}plan),
    if({of} = '', {person}.{own}spend, {company}.spend),
    if({of} = '', {person}.{own}currency, {company}.currency)), '{_PAYS}')"""


def _of(alias: str, names: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{name} AS {name}" for name in names)
