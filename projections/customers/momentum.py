"""Momentum, as SQL: up-votes of the last days that stand, and of as many days before that stood then.

A vote is of the days since which it stands, if it stood at their end: who votes, withdraws and votes again counts once,
and who withdrew does not.
"""

from projections.customers.rising import SURE
from projections.samples import FEWEST


def momentum(*, where: str, begin: str, middle: str, until: str) -> str:
    """Workspace, post, recent, before: by the days from `begin` and from `middle` on, up to and with `until`.

    `where` is a condition on workspace, post and person; the moments are SQL of type DateTime64(3, 'UTC').
    """
    last = "(value_after, since_after), (occurred_at, `offset`)"
    return f"""SELECT workspace, post, countIf(recently.1 = 1 AND recently.2 > {middle}) AS recent,
  countIf(earlier.1 = 1 AND earlier.2 > {begin}) AS before
FROM (
  SELECT workspace, post, person, argMax({last}) AS recently, argMaxIf({last}, occurred_at <= {middle}) AS earlier
  FROM <vote_timeline>
  WHERE {where} AND occurred_at > {begin} AND occurred_at <= {until}
  GROUP BY workspace, post, person
)
GROUP BY workspace, post"""


def direction(recent: str, before: str) -> str:
    """What `rising.Momentum` calls the two counts; null where there are too few."""
    difference = f"(toInt64({recent}) - toInt64({before}))"
    votes = f"({recent} + {before})"
    return f"""multiIf({votes} < {FEWEST}, NULL, {difference} * {difference} <= {SURE**2} * {votes}, 'steady',
    {difference} > 0, 'rising', 'falling')"""
