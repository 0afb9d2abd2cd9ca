"""How past forecasts held: for each item, what would have been said when it was begun, from what was known then.

Nothing is kept of forecasts: they are made again from the history up to that moment, in SQL, with the arithmetic of
`projections.forecasts.survival`. There are two bases. `recorded` takes what was on the log by then and is the test of
what people were told; of history that was imported it says nothing. `happened` takes what had happened by then.

A history is told by a few moments an item, each with the moment at which one heard of it: numbers, of which a hundred
for each of many thousand forecasts are gone through in a second or two, as whole lists of statuses are not. For that,
of several pauses of an item the first and the last are told, and an item is taken to have been begun when it was, also
where that was recorded after something later of it. And no `if`, `and` or `or` looks at what comes from these lists:
ClickHouse would pick the rows for its branches and copy the lists, again for each of them.
"""

from projections.clickhouse.schema import StableView
from projections.forecasts import teams
from projections.forecasts.history import MOST_ITEMS
from projections.samples import FEWEST

BASES = ("recorded", "happened")

ASIDE, STARTED, FINISHED = 0, 1, 2
"""What a step of a life comes to."""

_KINDS = f"multiIf(kind = 'in_progress', {STARTED}, kind = 'shipped', {FINISHED}, {ASIDE})"
_DAY = "86400000."
_NEVER = "9223372036854775807"
_INSTANT = "1e-9"
"""In days: less than the millisecond that two moments are apart at least."""
_MOMENTS = ("start", "finish", "pause", "resume", "rest")
"""Of an item: when it was begun, finished, put aside and taken up again; `rest` is since when it is aside now."""


def lives(at: str, *, where: str = "1", known: str = "") -> str:
    """Workspace, post, life of each post that ever was in work: (since, recorded, what) in order of time; and `held`.

    `at` is an SQL expression of type DateTime64(3, 'UTC'): what came later is left out. So are posts that were merged
    into others or deleted, and those that were archived unfinished. `held` is whose it was, see `teams.teams`.
    """
    return f"""SELECT life.workspace AS workspace, life.post AS post, team.held AS held, life.life AS life
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
LEFT JOIN ({teams.teams(at, where=where, known=known)}) AS team
  ON team.workspace = life.workspace AND team.post = life.post"""


def record(basis: str, at: str, *, where: str = "1") -> str:
    """One row for each item that was begun: what would have been said then, and whether it held by `at`.

    Percentiles are in days from when the item was begun; null where the history was too short. `held_...` are null
    where there is no percentile, where the item was put aside, and while it is neither finished nor late.
    """
    known = f" AND recorded_at <= {at}" if basis == "recorded" else ""
    others = ", ".join(
        f"groupArray({name}{side}) OVER others AS {name}s{side}" for name in _MOMENTS for side in ("", "_heard")
    )
    return f"""SELECT workspace, '{basis}' AS basis, post, team, fromUnixTimestamp64Milli(moment, 'UTC') AS forecast_at,
  fromUnixTimestamp64Milli(start, 'UTC') AS started_at,
  if(finish = {_NEVER}, NULL, fromUnixTimestamp64Milli(finish, 'UTC')) AS finished_at,
  begun, finished, {_percentiles()},
  multiIf(finish != {_NEVER}, (finish - start) / {_DAY}, rest != {_NEVER}, NULL,
    (toUnixTimestamp64Milli({at}) - start) / {_DAY}) AS took,
  {_held("p50")}, {_held("p85")}, {_held("p95")}
FROM (
  SELECT *, {_curve()}
  FROM (
    SELECT workspace, post, team, moment, start, finish, rest, {_watched()}
    FROM (
      SELECT workspace, post, team, moment, start, finish, rest, {others}
      FROM (
{_told(basis, lives(at, where=where, known=known))}
      )
      WINDOW others AS (
        PARTITION BY workspace, team ORDER BY moment, post ROWS BETWEEN {MOST_ITEMS} PRECEDING AND 1 PRECEDING
      )
    )
  )
)
WHERE finish > moment"""


def _told(basis: str, lives: str) -> str:
    """The moments of each item that was begun, and when one heard of them; `moment` is when of its beginning.

    Whose it is, is who had it then: what is handed over later stays with the history of those that began it.
    """
    heard = "greatest(step.1, step.2)" if basis == "recorded" else "step.1"
    first = "arrayFirst(step -> step.2 = {} AND step.1 {}, told)"
    parts = {
        "begun": f"arrayFirst(step -> step.2 = {STARTED}, told)",
        "done": first.format(FINISHED, ">= begun.1"),
        "put": first.format(ASIDE, ">= begun.1"),
        "taken": first.format(STARTED, ">= put.1"),
        "left": f"if(told[-1].2 = {ASIDE}, told[-1], (0, 0, 0))",
    }
    named = ", ".join(f"{sql} AS {name}" for name, sql in parts.items())
    moments = ", ".join(
        f"if({part}.3 = 0, {_NEVER}, {part}.1) AS {name}, if({part}.3 = 0, {_NEVER}, {part}.3) AS {name}_heard"
        for name, part in zip(_MOMENTS, parts, strict=True)
    )
    return f"""        SELECT workspace, post, {moments},
          arrayMin(step -> step.3, arrayFilter(step -> step.2 = {STARTED}, told)) AS moment,
          {teams.then("held", "moment", basis)} AS team
        FROM (
          SELECT workspace, post, held, told, {named}
          FROM (
            SELECT workspace, post, held, arrayMap(step -> (step.1, step.3, {heard}), life) AS told
            FROM ({lives}) WHERE arrayExists(step -> step.3 = {STARTED}, life)
          )
        )"""


def _watched() -> str:
    """Of each other item: for how many days it was watched until then, and whether to its end."""
    aside = "multiIf(pause_heard <= moment AND resume_heard > moment, pause, rest_heard <= moment, rest, moment)"
    names = ", ".join(f"{name}, {name}_heard" for name in _MOMENTS[1:])
    lists = ", ".join(f"{name}s, {name}s_heard" for name in _MOMENTS[1:])
    return f"""arraySort(seen -> (seen.1, NOT seen.2), arrayMap((start, {names}) ->
      ((if(finish_heard <= moment, finish, greatest(start, {aside})) - start) / {_DAY}, finish_heard <= moment),
      starts, {lists})) AS watched"""


def _curve() -> str:
    """The curve of `projections.forecasts.survival.curve`, and the share that is finished at the item's age then."""
    step = "(each, place) -> if(each.2, log(1 - 1 / (begun - place + 2)), 0.)"
    left = f"arrayCumSum({step}, watched, arrayEnumerate(watched))"
    return f"""length(watched) AS begun, countEqual(watched.2, 1) AS finished,
    arrayConcat([0.], arrayMap(each -> each.1, arrayFilter(each -> each.2, watched))) AS days,
    arrayConcat([0.], arrayFilter((share, each) -> each.2, arrayMap(each -> 1 - exp(each), {left}), watched)) AS shares,
    (moment - start) / {_DAY} AS age, arrayLastIndex(day -> day <= age, days) AS at_age,
    shares[at_age] + (at_age < length(days)) * (shares[at_age + 1] - shares[at_age]) * (age - days[at_age])
      / greatest(days[at_age + 1] - days[at_age], {_INSTANT}) AS before"""


def _percentiles() -> str:
    """`Curve.quantile` for 50, 85 and 95 %."""
    return ",\n  ".join(_percentile(name, share) for name, share in (("p50", 0.5), ("p85", 0.85), ("p95", 0.95)))


def _percentile(name: str, share: float) -> str:
    wanted = f"(before + {share} * (1 - before))"
    place = f"arrayFirstIndex(share -> share >= {wanted}, shares)"
    there = f"(finished >= {FEWEST}) * ({name}_place >= 2)"
    return f"""{place} AS {name}_place,
  arrayElementOrNull([days[{name}_place - 1] + ({wanted} - shares[{name}_place - 1])
    / (shares[{name}_place] - shares[{name}_place - 1]) * (days[{name}_place] - days[{name}_place - 1])], {there})
    AS {name}"""


def _held(name: str) -> str:
    """1 or 0; null while it is neither finished nor late."""
    return f"nullIf(took <= {name}, if(finish = {_NEVER}, 1, 2)) AS held_{name}"


_NOW = "now64(3, 'UTC')"
_COLUMNS = """workspace, basis, post, team, forecast_at, started_at, finished_at, begun, finished, p50, p85, p95,
  took, held_p50, held_p85, held_p95"""

VIEWS = (
    StableView(
        "forecast_record",
        "\nUNION ALL\n".join(f"SELECT {_COLUMNS} FROM (\n{record(basis, _NOW)}\n)" for basis in BASES),
    ),
)
