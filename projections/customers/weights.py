"""What stands behind each post, as one row a post, for rankings that weigh votes by it.

A ranking's formula joins it to the posts like a tally:

    weights({"spend_now", "segment_votes"}, where="workspace = {workspace:String}", at=None)

gives SQL, in which `<name>` stands for a stable view still (`qualify`), with the columns `workspace, post` and those
that are wanted. A post without a row has 0 of everything. What is not wanted is not computed.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple

from projections.customers.demand import askers
from projections.customers.payers import payers
from projections.customers.voices import SIDES, Side, voices, votes

Unit = Literal["votes", "companies", "persons", "importance", "minor units of the currency"]


class Weight(NamedTuple):
    """A column: what it says, in which unit, and which parameter besides the workspace its SQL binds."""

    meaning: str
    unit: Unit
    parameter: Literal["currency", "segment"] | None = None


WEIGHTS: Mapping[str, Weight] = {
    "spend_then": Weight(
        "monthly spend behind the up-votes as of each vote, each company once", "minor units of the currency",
        "currency",
    ),
    "spend_now": Weight(
        "monthly spend behind the up-votes as of the moment, each company once", "minor units of the currency",
        "currency",
    ),
    "companies": Weight("companies whose people stand behind it", "companies"),
    "paying_companies": Weight("those of them that pay something, in whatever currency", "companies"),
    "segment_votes": Weight("up-votes of a segment's members", "votes", "segment"),
    "segment_importance": Weight("the importance of those", "importance", "segment"),
}  # fmt: skip
"""Each weight that can be wanted, a whole number of type Int64. All of them count standing up-votes only."""


def weights(
    wanted: Collection[str],
    *,
    where: str,
    posts: str = "1",
    currency: str = "{currency:String}",
    segment: str = "{segment:String}",
    at: str | None = None,
) -> str:
    """SQL of these weights by post: `workspace, post` and a column for each that is wanted.

    `where` names the one workspace, `posts` is a condition on the post alone. `currency`, `segment` and `at` are SQL
    expressions: bound parameters. As of a moment `at` (of type DateTime64(3, 'UTC')), it is the votes that stood then,
    the segment's members of then, and what was known then of who pays.

    Raises:
        KeyError: for a weight that is none.
    """
    names = [name for name in WEIGHTS if name in wanted]
    if unknown := sorted(set(wanted) - set(names)):
        raise KeyError(unknown[0])
    sides: list[Side] = [side for side in SIDES if _needs(side, names)]
    parts: list[str] = []
    if sides:
        parts.append(_payers(names, sides, where, posts, currency, at))
    if any(name in _MEMBER for name in names):
        parts.append(_members(names, where, posts, segment, at))
    summed = ", ".join(f"sum(part.{name}) AS {name}" for name in names)
    both = "\nUNION ALL\n".join(parts)
    return f"SELECT workspace, post, {summed}\nFROM ({both}) AS part\nGROUP BY workspace, post"


_PAYER: Mapping[str, str] = {
    "spend_then": "sumIf(payer.spend, payer.side = 'then' AND payer.currency = {currency})",
    "spend_now": "sumIf(payer.spend, payer.side = 'now' AND payer.currency = {currency})",
    "companies": "countIf(payer.side = 'now' AND payer.company != '' AND payer.up > 0)",
    "paying_companies": "countIf(payer.side = 'now' AND payer.company != '' AND payer.up > 0 AND payer.spend > 0)",
}
_MEMBER: Mapping[str, str] = {"segment_votes": "count()", "segment_importance": "sum(vote.importance)"}


def _needs(side: Side, names: Sequence[str]) -> bool:
    return any(f"'{side}'" in _PAYER.get(name, "") for name in names)


def _columns(of: Mapping[str, str], names: Sequence[str], currency: str = "") -> str:
    return ", ".join(f"toInt64({of.get(name, '0').format(currency=currency)}) AS {name}" for name in names)


def _payers(names: Sequence[str], sides: Sequence[Side], where: str, posts: str, currency: str, at: str | None) -> str:
    known = f"person IN (SELECT person FROM <person_history> WHERE {where})"
    sql = payers(voices(where=where, posts=f"{posts} AND {known}", at=at, sides=sides), sides=sides)
    return f"""SELECT workspace, post, {_columns(_PAYER, names, currency)}
FROM ({sql}) AS payer
GROUP BY workspace, post"""


def _members(names: Sequence[str], where: str, posts: str, segment: str, at: str | None) -> str:
    chosen = askers("segment", segment, where=where, at=at)
    standing = votes(where=f"{where} AND {posts} AND person IN ({chosen})", at=at)
    return f"""SELECT workspace, post, {_columns(_MEMBER, names)}
FROM ({standing}) AS vote
WHERE vote.value = 1
GROUP BY workspace, post"""
