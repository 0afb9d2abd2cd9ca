"""What a formula gives for every post at every point of time, as one subquery: changes, cumulated."""

from collections.abc import Iterator, Mapping

from events.domain.formulas.tree import Column
from events.times import DAY
from projections.posts.filters import FILTERED, PostFilter, conditions
from projections.ranking import tallies
from projections.ranking.columns import Parameters, field_number
from projections.ranking.compiling import ColumnKey
from projections.ranking.formulas import Formula
from projections.ranking.points import Points
from projections.ranking.scoring import value_of
from projections.ranking.seen import RECENT_DAYS, CannotRank

_FIRST = "fromUnixTimestamp64Milli({first:Int64}, 'UTC')"
_LAST = "fromUnixTimestamp64Milli({last:Int64}, 'UTC')"
_SEEN = f"least({_LAST}, now64(3, 'UTC'))"

_COLUMNS: Mapping[str, str] = {
    "score": "toFloat64(up - down)",
    "up": "toFloat64(up)",
    "down": "toFloat64(down)",
    "voters": "toFloat64(up + down)",
    "importance": "toFloat64(importance)",
    "trend": f"if(up > 0 AND weight > 0, log2(weight) + {tallies.half_lives(_SEEN)}, 0.)",
    "created": "created / 1000",
    "comments": "toFloat64(comments)",
    "recent_votes": "toFloat64(recent_votes)",
    "recent_comments": "toFloat64(recent_comments)",
    "estimate": f"(low + high) / 2 * {DAY // 1000}",
    "estimate_low": f"low * {DAY // 1000}",
    "estimate_high": f"high * {DAY // 1000}",
}
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "score": ("up", "down"), "voters": ("up", "down"), "trend": ("up", "weight"), "created": (), "age": (),
    "estimate": ("low", "high"), "estimate_low": ("low",), "estimate_high": ("high",),
}  # fmt: skip
"""What is cumulated for a column, where that is not the column itself."""
_TALLIED = ("up", "down", "importance", "weight")


def cumulated(asked: PostFilter, formula: Formula, points: Points, parameters: Parameters, *, where: str) -> str:
    """SQL with `post, created, point` (its number) and `value`: of each post at each point at which it was listed.

    `where` is a condition on the workspace, or on it and the post. Adds what it binds, but for what `where` does.

    Raises:
        CannotRank: if the formula has a column that is not cumulated.
    """
    points.bind(parameters)
    cumulation = Cumulation(asked, formula, points, parameters, where)
    names = ["listed", *cumulation.names]
    summed = ", ".join(f"sum({name}) AS {name}" for name in names)
    filled = ", ".join(
        f"arrayCumSum(groupArrayInsertAt({'0.' if name in cumulation.floating else '0'}, {{points:UInt32}})"
        f"({name}, number)) AS {name}"
        for name in names
    )
    value = value_of("value", formula, cumulation.columns, parameters, list_of="point")
    return f"""SELECT post, created, point, {value}
FROM (
  SELECT post, max(made) AS created, {filled}
  FROM (
    SELECT post, number, max(made) AS made, {summed}
    FROM ({cumulation.changes()}
    ) GROUP BY post, number
  ) GROUP BY post HAVING created > 0
)
ARRAY JOIN {", ".join(names)}, range({{points:UInt32}}) AS point
WHERE listed > 0"""


class Cumulation:
    """The changes that a formula's columns are cumulated from, and what the columns are then.

    `names` are what is cumulated beside `listed`; `columns` the SQL of the formula's columns over those, `created` (in
    milliseconds) and `point`.
    """

    def __init__(self, asked: PostFilter, formula: Formula, points: Points, parameters: Parameters, where: str) -> None:
        self._points = points
        self._where = where
        self._fields: dict[str, str] = {}
        self.columns: dict[ColumnKey, str] = {}
        self.names: list[str] = []
        self._parameters = parameters
        for column in formula.checked.columns:
            self._add(column)
        self._filters, bound = conditions(asked)
        parameters |= bound

    @property
    def floating(self) -> set[str]:
        """Those that are no whole numbers."""
        return {"weight", "low", "high", *self._fields}

    def changes(self) -> str:
        """All changes: `post, number, made` (when the post was created, where that is said), and the columns."""
        return "\n    UNION ALL".join(self._sources())

    def nothing(self, source: str) -> str:
        """Rows of the same columns for each `post` and `number` of a source, which change nothing."""
        return self._source({}, "toUInt32(number)", source)

    def _add(self, column: Column) -> None:
        name = column.name
        needs = _NEEDS.get(name, (name,))
        if name == "age":
            sql = f"greatest({self._points.moment('point')} - created, 0) / 1000"
        elif name == "field":
            field = f"number_{len(self._fields)}"
            self._fields[field] = field_number(column.key, field, self._parameters)
            sql, needs = field, (field,)
        elif name in _COLUMNS:
            sql = _COLUMNS[name]
        else:
            raise CannotRank("by", f"places over time are not computed by {name}: ask for a ranking as of a moment")
        self.columns[name, column.key] = sql
        self.names += [need for need in needs if need not in self.names]

    def _sources(self) -> Iterator[str]:
        yield self._posts()
        if any(name in self.names for name in _TALLIED):
            yield from self._votes()
        if "recent_votes" in self.names:
            yield self._recent_votes()
        if "comments" in self.names or "recent_comments" in self.names:
            yield self._comments()
        if "low" in self.names or "high" in self.names:
            yield self._estimates()

    def _source(self, stated: Mapping[str, str], number: str, source: str) -> str:
        """A source of changes: what it states, and nothing of the rest."""
        columns = ", ".join(
            f"{stated.get(name, '0.' if name in self.floating else 'toInt64(0)')} AS {name}"
            for name in ("listed", *self.names)
        )
        made = stated.get("made", "toInt64(0)")
        return f"\n    SELECT post, {number} AS number, {made} AS made, {columns} FROM ({source})"

    def _posts(self) -> str:
        """When each was listed and when it was not, by its versions, and how its fields changed."""
        shown = f"toInt64(NOT deleted AND {' AND '.join(self._filters)})"
        stated = {"listed": "shown - shown_before", "made": "toUnixTimestamp64Milli(created_at)"}
        values = {"shown": shown, **self._fields}
        stated |= {name: f"value_of_{name} - value_of_{name}_before" for name in self._fields}
        inner = ", ".join(
            f"{sql} AS {alias}, lagInFrame({alias}) OVER (PARTITION BY post ORDER BY occurred_at, revision) "
            f"AS {alias}_before"
            for alias, sql in ((name if name == "shown" else f"value_of_{name}", sql) for name, sql in values.items())
        )
        source = f"""
      SELECT post, occurred_at, created_at, {inner}
      FROM (SELECT post, occurred_at, created_at, revision, deleted, {FILTERED} FROM <post_history>
        WHERE {self._where} AND occurred_at <= {_LAST})"""
        return self._source(stated, self._points.number("occurred_at"), source)

    def _votes(self) -> Iterator[str]:
        """The months before the first point, and the changes since."""
        stated = {name: name for name in _TALLIED}
        month = tallies.age(_SEEN, "toDateTime64(month, 3, 'UTC')")
        months = f"""
      SELECT post, up, down, importance, trend * exp2(-{month}) AS weight FROM <tally_periods>
      WHERE {self._where} AND month < toStartOfMonth({_FIRST})"""
        yield self._source(stated, "toUInt32(0)", months)
        changes = f"""
      SELECT post, occurred_at, {tallies.net(_SEEN)} FROM <vote_timeline>
      WHERE {self._where} AND occurred_at >= toDateTime64(toStartOfMonth({_FIRST}), 3, 'UTC')
        AND occurred_at <= {_LAST}"""
        yield self._source(stated, self._points.number("occurred_at"), changes)

    def _recent_votes(self) -> str:
        """A vote is recent from when it is cast until it is old or gone."""
        came, went = (f"(value_{side} = 1 AND {_until(f'since_{side}')} > occurred_at)" for side in ("after", "before"))
        pairs = (
            f"[(occurred_at, toInt64({came}) - toInt64({went})), ({_until('since_after')}, -toInt64({came})), "
            f"({_until('since_before')}, toInt64({went}))]"
        )
        return self._fading("recent_votes", pairs, "<vote_timeline>", "1")

    def _comments(self) -> str:
        """Comments written and deleted; a recent one is so until it is old or gone."""
        sign = "if(change = 'written', 1, -1)"
        if "recent_comments" not in self.names:
            source = f"SELECT post, occurred_at, toInt64({sign}) AS net FROM <comment_history> WHERE {self._comment}"
            return self._source({"comments": "net"}, self._points.number("occurred_at"), source)
        fresh = f"toInt64(if({_until('created_at')} > occurred_at, {sign}, 0))"
        recent = self._fading(
            "recent_comments", f"[(occurred_at, {fresh}), ({_until('created_at')}, -{fresh})]", "<comment_history>",
            "NOT internal AND change IN ('written', 'deleted')",
        )  # fmt: skip
        if "comments" not in self.names:
            return recent
        source = f"SELECT post, occurred_at, toInt64({sign}) AS net FROM <comment_history> WHERE {self._comment}"
        counted = self._source({"comments": "net"}, self._points.number("occurred_at"), source)
        return f"{recent}\n    UNION ALL{counted}"

    @property
    def _comment(self) -> str:
        return f"{self._where} AND NOT internal AND change IN ('written', 'deleted') AND occurred_at <= {_LAST}"

    def _fading(self, name: str, pairs: str, view: str, where: str) -> str:
        """What counts for a while, as pairs of a moment and what it adds from then on."""
        begun = f"{_FIRST} - toIntervalDay({RECENT_DAYS + 2})"
        source = f"""
      SELECT post, pair.1 AS moment, pair.2 AS net FROM (
        SELECT post, arrayJoin({pairs}) AS pair FROM {view}
        WHERE {self._where} AND {where} AND occurred_at >= {begun} AND occurred_at <= {_LAST}
      ) WHERE net != 0 AND moment <= {_LAST}"""
        return self._source({name: "net"}, self._points.number("moment"), source)

    def _estimates(self) -> str:
        columns = ", ".join(
            f"if(unit = 'days', ifNull({name}, 0.), 0.) AS days_{name}, lagInFrame(days_{name}) "
            f"OVER (PARTITION BY post ORDER BY occurred_at, revision) AS days_{name}_before"
            for name in ("low", "high")
        )
        source = f"""
      SELECT post, occurred_at, {columns} FROM <estimate_history>
      WHERE {self._where} AND occurred_at <= {_LAST}"""
        stated = {name: f"days_{name} - days_{name}_before" for name in ("low", "high")}
        return self._source(stated, self._points.number("occurred_at"), source)


def _until(since: str) -> str:
    """Up to when what happened then is recent: see `seen.Seen.recent`."""
    day = f"toStartOfDay({since} + toIntervalDay({RECENT_DAYS}))"
    return f"toDateTime64({day} + toIntervalDay(1), 3, 'UTC')"
