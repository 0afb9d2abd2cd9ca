"""What stands behind each goal, as SQL: demand by kind of status, who pays, roadmap items and their effort.

Votes, importance and effort are split among goals by the weights of links; whole payers are not: a company that stands
behind posts of two goals stands behind both, once each.
"""

from collections.abc import Sequence

from projections.customers.payers import payers
from projections.customers.voices import SIDES, voices
from projections.goals import standing
from projections.goals.demand import KINDS, listed, served, shares
from projections.goals.effort import EFFORT, estimates, is_planned, summed
from projections.goals.standing import Source

_BEHIND = ("posts", "demand", *KINDS, "importance", "roadmap_items", *EFFORT)
_PAYER = ("side", "company", "payer", "spend", "currency", "up", "last_vote_at")
_PAYING = ("companies", "spend_then", "spend_now")


def coverage(source: Source) -> str:
    """The columns of the view `goal_coverage`: one row a goal."""
    return f"""SELECT goal.workspace AS workspace, goal.goal AS goal, goal.name AS name, goal.state AS state,
  goal.target_day AS target_day, come.progress AS progress,
  {", ".join(f"behind.{name} AS {name}" for name in _BEHIND)},
  {", ".join(f"paying.{name} AS {name}" for name in _PAYING)}, goal.created_at AS created_at
FROM ({standing.goals(source)}) AS goal
LEFT JOIN ({_progress(source)}) AS come ON come.workspace = goal.workspace AND come.goal = goal.goal
LEFT JOIN ({_behind(source)}) AS behind ON behind.workspace = goal.workspace AND behind.goal = goal.goal
LEFT JOIN ({_paying(source)}) AS paying ON paying.workspace = goal.workspace AND paying.goal = goal.goal"""


def without_demand(source: Source) -> str:
    """Open goals that no up-vote stands behind: workspace, goal, name, target_day, posts, created_at."""
    summed = f"""SELECT workspace, goal, count() AS posts, sum(up) AS votes
  FROM ({shares(source)}) AS shared GROUP BY workspace, goal"""
    return f"""SELECT goal.workspace AS workspace, goal.goal AS goal, goal.name AS name, goal.target_day AS target_day,
  behind.posts AS posts, goal.created_at AS created_at
FROM ({standing.goals(source)}) AS goal
LEFT JOIN ({summed}) AS behind ON behind.workspace = goal.workspace AND behind.goal = goal.goal
WHERE goal.state = 'open' AND behind.votes = 0"""


def without_goal(source: Source) -> str:
    """Posts with up-votes and no goal: their words, `demand` and `importance`."""
    return f"""SELECT workspace, post, title, board, status, kind, created_at, up AS demand, importance
FROM ({listed(source)}) AS listed
WHERE up > 0 AND (workspace, post) NOT IN (SELECT workspace, post FROM ({shares(source)}) AS shared)"""


def totals(source: Source) -> str:
    """Demand, and how much of it has a goal.

    Workspace, kind, posts, demand, importance, roadmap_items, and of those with a goal the same as `covered_...`.
    """
    return f"""SELECT each.workspace AS workspace, each.kind AS kind, count() AS posts, sum(each.up) AS demand,
  sum(each.importance) AS importance, countIf(each.planned) AS roadmap_items, countIf(each.covers) AS covered_posts,
  sumIf(each.up, each.covers) AS covered_demand, sumIf(each.importance, each.covers) AS covered_importance,
  countIf(each.planned AND each.covers) AS covered_roadmap_items
FROM (
  SELECT each.*, {is_planned(source)} AS planned,
    (each.workspace, each.post) IN (SELECT workspace, post FROM ({shares(source)}) AS shared) AS covers
  FROM ({listed(source)}) AS each
) AS each GROUP BY workspace, kind"""


def spend_by(by: Sequence[str], payers: str) -> str:
    """Payers added up, each once: workspace, `by`, companies, spend_then and spend_now by currency.

    What a payer is worth as of the votes is what it paid at the last of them.
    """
    groups = ", ".join(("workspace", *by))
    spends = ",\n  ".join(
        f"sumMapIf(map(worth.2, worth.1), side = '{side}' AND worth.2 != '') AS spend_{side}" for side in SIDES
    )
    return f"""SELECT {groups}, countIf(side = 'now' AND company != '') AS companies,
  {spends}
FROM (
  SELECT {groups}, side, company, payer, argMax((spend, currency), last_vote_at) AS worth
  FROM ({payers}) WHERE up > 0
  GROUP BY {groups}, side, company, payer
) GROUP BY {groups}"""


def is_known(source: Source) -> str:
    """Whether anything was ever said of a voter: the condition that spares a look at all others."""
    return f"person IN (SELECT person FROM <person_history> WHERE {source.where})"


def _progress(source: Source) -> str:
    return standing.progress(standing.key_results(standing.goals(source), standing.measured(source)))


def _behind(source: Source) -> str:
    """What stands behind goals and is planned for them: workspace, goal, and the columns of `_BEHIND`."""
    kinds = ", ".join(f"sumIf(each.up * each.share, each.kind = '{kind}') AS {kind}" for kind in KINDS)
    return f"""SELECT each.workspace AS workspace, each.goal AS goal, count() AS posts,
  sum(each.up * each.share) AS demand, {kinds}, sum(each.importance * each.share) AS importance,
  countIf(each.planned) AS roadmap_items, {summed()}
FROM (SELECT each.*, {is_planned(source)} AS planned FROM ({shares(source)}) AS each) AS each
LEFT JOIN ({estimates(source)}) AS thought ON thought.workspace = each.workspace AND thought.post = each.post
GROUP BY workspace, goal"""


def _paying(source: Source) -> str:
    """Who pays behind goals: workspace, goal, companies, and what they pay a month by currency, then and now."""
    posts = f"{_is_served(source)} AND {is_known(source)}"
    behind = payers(voices(where=source.where, posts=posts, at=source.at or None, known_at=source.known_at or None))
    columns = ", ".join(f"behind.{name} AS {name}" for name in _PAYER)
    joined = f"""SELECT each.workspace AS workspace, each.goal AS goal, {columns}
  FROM ({shares(source)}) AS each
  INNER JOIN ({behind}) AS behind ON behind.workspace = each.workspace AND behind.post = each.post"""
    return spend_by(("goal",), joined)


def _is_served(source: Source) -> str:
    """Whether a post serves any goal, open or not: the condition that spares a look at all others."""
    return f"(workspace, post) IN (SELECT workspace, post FROM ({served(source)}) AS served)"
