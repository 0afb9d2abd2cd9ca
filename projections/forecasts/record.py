"""How past forecasts held: for each item, what would have been said when it was begun, from what was known then.

Nothing is kept of forecasts: they are made again from the history up to that moment, in SQL, with the arithmetic of
`projections.forecasts.survival`. There are two bases. `recorded` takes what was on the log by then and is the test of
what people were told; of history that was imported it says nothing. `happened` takes what had happened by then.
"""

from projections.clickhouse.schema import StableView
from projections.forecasts.history import MOST_ITEMS
from projections.samples import FEWEST

BASES = ("recorded", "happened")

_ASIDE, _STARTED, _FINISHED = 0, 1, 2
_KINDS = f"multiIf(kind = 'in_progress', {_STARTED}, kind = 'shipped', {_FINISHED}, {_ASIDE})"
_DAY = "86400000."
_LOOKED_AT = 2 * MOST_ITEMS
"""Items in the order in which one heard of them: the last ones that were begun are among them."""


def lives(at: str, *, where: str = "1", known: str = "") -> str:
    """Workspace, post, team and life of each post that ever was in work: (since, recorded, what) in order of time.

    `at` is an SQL expression of type DateTime64(3, 'UTC'): what came later is left out. So are posts that were merged
    into others or deleted, and those that were archived unfinished.
    """
    return f"""SELECT life.workspace AS workspace, life.post AS post, ifNull(team.team, '') AS team, life.life AS life
FROM (
  SELECT workspace, post, arrayMap(step -> (step.1, step.3, step.4), arraySort(groupArray((
    toUnixTimestamp64Milli(since), revision, toUnixTimestamp64Milli(recorded_at), {_KINDS}
  )))) AS life
  FROM <status_history> WHERE {where} AND since <= {at}{known}
  GROUP BY workspace, post
) AS life
JOIN (
  SELECT workspace, post FROM <posts> WHERE {where} AND merged_into = '' AND (NOT archived OR kind = 'shipped')
) AS post ON post.workspace = life.workspace AND post.post = life.post
LEFT JOIN (SELECT workspace, post, team FROM <post_teams> WHERE {where}) AS team
  ON team.workspace = life.workspace AND team.post = life.post"""


def record(basis: str, at: str, *, where: str = "1") -> str:
    """One row for each item that was begun: what would have been said then, and whether it held by `at`.

    Percentiles are in days from when the item was begun; null where the history was too short. `held_...` are null
    where there is no percentile, where the item was put aside, and while it is neither finished nor late.
    """
    recorded = "step.2" if basis == "recorded" else "step.1"
    known = f" AND recorded_at <= {at}" if basis == "recorded" else ""
    return f"""SELECT workspace, '{basis}' AS basis, post, team, fromUnixTimestamp64Milli(moment, 'UTC') AS forecast_at,
  fromUnixTimestamp64Milli(started, 'UTC') AS started_at,
  if(ended = 0, NULL, fromUnixTimestamp64Milli(ended, 'UTC')) AS finished_at,
  begun, finished, {_percentiles()},
  if(ended = 0, if(put_aside, NULL, (now - started) / {_DAY}), (ended - started) / {_DAY}) AS took,
  {_held("p50")}, {_held("p85")}, {_held("p95")}
FROM (
  SELECT *, {_curve()}
  FROM (
    SELECT *, {_watched()}
    FROM (
      SELECT workspace, post, team, life, moment, toUnixTimestamp64Milli({at}) AS now,
        groupArray(life) OVER (
          PARTITION BY workspace, team ORDER BY moment, post ROWS BETWEEN {_LOOKED_AT} PRECEDING AND 1 PRECEDING
        ) AS others
      FROM (
        SELECT workspace, post, team, arrayMap(step -> (step.1, {recorded}, step.3), lived) AS life,
          arrayMin(step -> greatest(step.1, step.2), arrayFilter(step -> step.3 = {_STARTED}, life)) AS moment
        FROM (
          SELECT workspace, post, team, life AS lived FROM ({lives(at, where=where, known=known)})
          WHERE arrayExists(step -> step.3 = {_STARTED}, life)
        )
      )
    )
  )
)
WHERE ended = 0 OR ended > moment"""


def _first(what: int, life: str) -> str:
    """The moment of the first such step; 0 where there is none."""
    return f"arrayFirst(step -> step.3 = {what}, {life}).1"


def _watched() -> str:
    """Of each other item that was known then: for how many days it was watched, and whether to its end."""
    known = "arrayFilter(step -> step.1 <= moment AND step.2 <= moment, other)"
    start, end = _first(_STARTED, "known"), _first(_FINISHED, "known")
    seen = (
        f"arrayMap(known -> ({start}, {end}, if(known[-1].3 = {_ASIDE}, known[-1].1, moment)), "
        f"arrayFilter(known -> arrayExists(step -> step.3 = {_STARTED}, known), "
        f"arrayMap(other -> {known}, others)))"
    )
    last = f"arraySlice(arraySort(seen -> seen.1, {seen}), -{MOST_ITEMS})"
    watched = (
        f"arraySort(seen -> (seen.1, NOT seen.2), arrayMap(seen -> "
        f"(if(seen.2 >= seen.1 AND seen.2 != 0, seen.2 - seen.1, greatest(seen.3, seen.1) - seen.1) / {_DAY}, "
        f"seen.2 >= seen.1 AND seen.2 != 0), {last}))"
    )
    mine = "arrayFilter(step -> step.1 <= moment AND step.2 <= moment, life)"
    return f"""{watched} AS watched, {_first(_STARTED, mine)} AS started,
      arrayFirst(step -> step.3 = {_FINISHED} AND step.1 >= started, life).1 AS ended,
      life[-1].3 = {_ASIDE} AS put_aside"""


def _curve() -> str:
    """The curve of `projections.forecasts.survival.curve`, and the share that is finished at the item's age then."""
    step = "(each, place) -> if(each.2, log(1 - 1 / (begun - place + 2)), 0.)"
    left = f"arrayCumSum({step}, watched, arrayEnumerate(watched))"
    return f"""length(watched) AS begun, countEqual(watched.2, 1) AS finished,
    arrayConcat([0.], arrayMap(each -> each.1, arrayFilter(each -> each.2, watched))) AS days,
    arrayConcat([0.], arrayFilter((share, each) -> each.2, arrayMap(each -> 1 - exp(each), {left}), watched)) AS shares,
    (moment - started) / {_DAY} AS age, arrayLastIndex(day -> day <= age, days) AS at_age,
    shares[at_age] + if(at_age = length(days), 0., (age - days[at_age]) / (days[at_age + 1] - days[at_age])
      * (shares[at_age + 1] - shares[at_age])) AS before"""


def _percentiles() -> str:
    """`Curve.quantile` for 50, 85 and 95 %."""
    return ",\n  ".join(_percentile(name, share) for name, share in (("p50", 0.5), ("p85", 0.85), ("p95", 0.95)))


def _percentile(name: str, share: float) -> str:
    wanted = f"(before + {share} * (1 - before))"
    place = f"arrayFirstIndex(share -> share >= {wanted}, shares)"
    return f"""{place} AS {name}_place,
  if(finished < {FEWEST} OR {name}_place < 2, NULL, days[{name}_place - 1] + ({wanted} - shares[{name}_place - 1])
    / (shares[{name}_place] - shares[{name}_place - 1]) * (days[{name}_place] - days[{name}_place - 1])) AS {name}"""


def _held(name: str) -> str:
    return f"if(ended = 0 AND took <= {name}, NULL, took <= {name}) AS held_{name}"


_NOW = "now64(3, 'UTC')"
_COLUMNS = """workspace, basis, post, team, forecast_at, started_at, finished_at, begun, finished, p50, p85, p95,
  took, held_p50, held_p85, held_p95"""

VIEWS = (
    StableView(
        "forecast_record",
        "\nUNION ALL\n".join(f"SELECT {_COLUMNS} FROM (\n{record(basis, _NOW)}\n)" for basis in BASES),
    ),
)
