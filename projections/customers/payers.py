"""Who pays behind the votes on a post, each once, as SQL: a company counts once however many of its people voted.

What a payer is worth as of the vote is what it paid at the last of its up-votes on the post.
"""

from collections.abc import Sequence

from projections.customers.voices import SIDES, Side


def payers(voices: str, *, by: Sequence[str] = (), sides: Sequence[Side] = SIDES) -> str:
    """One row for each post, side and payer: workspace, the columns `by`, post, side, company, payer, spend, currency,
    up, down, importance, last_vote_at.

    `voices` are standing votes with who pays on these sides, and with the columns `by`. Each vote is among the `up` and
    `down` of each side.
    """
    groups = ", ".join(("workspace", *by, "post"))
    each = ", ".join(f"('{side}', pays_{side})" for side in sides)
    return f"""SELECT {groups}, side, company, payer, worth.1 AS spend, worth.2 AS currency,
  up, down, importance, last_vote_at
FROM (
  SELECT {groups}, paying.1 AS side, paying.2.company AS company, paying.2.payer AS payer,
    argMaxIf((paying.2.spend, paying.2.currency), (voice.since, voice.person), voice.value = 1) AS worth,
    countIf(voice.value = 1) AS up, countIf(voice.value = -1) AS down,
    sumIf(voice.importance, voice.value = 1) AS importance, max(voice.since) AS last_vote_at
  FROM ({voices}) AS voice
  ARRAY JOIN [{each}] AS paying
  GROUP BY {groups}, side, company, payer
)"""


def spend(side: Side, payer: str) -> str:
    """The month's spend of payers on a side, as a map of currencies: an aggregate."""
    amount = f"map({payer}.currency, {payer}.spend)"
    return f"sumMapIf({amount}, {payer}.side = '{side}' AND {payer}.currency != '' AND {payer}.up > 0)"


def distinct(persons: str) -> str:
    """How many these persons (rows of `voices.persons`) are, with how many companies; their spend, each payer once."""
    return f"""SELECT sum(payer.persons) AS persons, countIf(payer.company != '') AS companies,
  sumMapIf(map(payer.currency, payer.spend), payer.currency != '') AS spend
FROM (
  SELECT pays.company AS company, pays.payer AS payer, any(pays.spend) AS spend, any(pays.currency) AS currency,
    count() AS persons
  FROM ({persons}) GROUP BY company, payer
) AS payer"""
