"""A post's place at every point of time, looking at the others only where something changed.

Between two changes of a post its value stays, and so does who is ahead, until one of the two changes. So each post is
looked at where it changed and where the asked one did, and not at every point: some changes more than posts times the
changes of one, instead of posts times points. Not for formulas that look at ages, or at the whole list.
"""

from projections.moments import WORKSPACE
from projections.posts.filters import PostFilter
from projections.ranking.columns import Parameters
from projections.ranking.cumulated import Cumulation
from projections.ranking.formulas import Formula
from projections.ranking.points import Points
from projections.ranking.scoring import value_of

_OWN = f"{WORKSPACE} AND post = {{post:String}}"


def changes_only(formula: Formula) -> bool:
    """Whether a formula's value of a post stays until the post changes."""
    return not formula.is_relative and all(column.name != "age" for column in formula.checked.columns)


def places(asked: PostFilter, formula: Formula, points: Points, parameters: Parameters) -> str:
    """SQL with `point` (its number), `rank`, `among` and `value` of the post that is bound as `post`.

    Only the points at which it was in the list. Adds what it binds, but for the workspace and the post.

    Raises:
        CannotRank: as `cumulated`.
    """
    own = _steps(asked, formula, points, parameters, _OWN)
    looks = f"""
    SELECT post, point AS number FROM (SELECT DISTINCT post FROM <post_history> WHERE {WORKSPACE}) AS there
    CROSS JOIN (SELECT point FROM ({own})) AS look"""
    everything = _steps(asked, formula, points, parameters, WORKSPACE, looks)
    filled = ", ".join(
        f"arrayCumSum(groupArrayInsertAt(0, {{points:UInt32}})({name}, point)) AS {name}" for name in ("ahead", "among")
    )
    return f"""SELECT day.point AS point, 1 + day.ahead AS rank, day.among AS among, own.value AS value
FROM (
  SELECT 1 AS one, point, ahead, among FROM (
    SELECT {filled}
    FROM (
      SELECT step.1 AS point, sum(step.2) AS ahead, sum(step.3) AS among
      FROM (
        SELECT arrayJoin([(each.point, ahead, shown), (each.until, -ahead, -shown)]) AS step,
          toInt64(each.listed > 0) AS shown,
          toInt64(each.listed > 0 AND own.listed > 0 AND (each.value > own.value OR (each.value = own.value
            AND (each.created, each.post) < (own.created, own.post)))) AS ahead
        FROM ({everything}) AS each
        ASOF LEFT JOIN ({own}) AS own ON own.one = each.one AND each.point >= own.point
      )
      WHERE step.1 < {{points:UInt32}} AND (step.2 != 0 OR step.3 != 0)
      GROUP BY point
    )
  ) ARRAY JOIN ahead, among, range({{points:UInt32}}) AS point
) AS day
ASOF INNER JOIN ({own}) AS own ON own.one = day.one AND day.point >= own.point
WHERE own.listed > 0"""


def _steps(
    asked: PostFilter, formula: Formula, points: Points, parameters: Parameters, where: str, looks: str = ""
) -> str:
    """SQL with `one, post, created, point, until, listed, value`: of each post from one of its points to the next.

    `looks` are further points of posts, where nothing changes.
    """
    points.bind(parameters)
    cumulation = Cumulation(asked, formula, points, parameters, where)
    names = ["listed", *cumulation.names]
    changes = cumulation.changes()
    if looks:
        changes += f"\n    UNION ALL{cumulation.nothing(looks)}"
    summed = ", ".join(f"sum({name}) AS {name}" for name in names)
    cumulated = ", ".join(
        f"arrayCumSum(arrayMap(step -> step.{place}, steps)) AS {name}" for place, name in enumerate(names, start=2)
    )
    return f"""SELECT 1 AS one, post, created, point, until, listed,
  {value_of("value", formula, cumulation.columns, parameters)}
FROM (
  SELECT post, created, arrayMap(step -> step.1, steps) AS numbers,
    arrayPushBack(arrayPopFront(numbers), {{points:UInt32}}) AS ends, {cumulated}
  FROM (
    SELECT post, max(made) AS created, arraySort(step -> step.1, groupArray((number, {", ".join(names)}))) AS steps
    FROM (
      SELECT post, number, max(made) AS made, {summed}
      FROM ({changes}
      ) GROUP BY post, number
    ) GROUP BY post HAVING created > 0
  )
)
ARRAY JOIN numbers AS point, ends AS until, {", ".join(names)}"""
