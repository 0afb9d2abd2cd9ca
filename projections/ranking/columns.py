"""What a formula's columns are in SQL, and the joins that they need: only those that a formula names are made."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from events.domain.formulas.tree import Column
from projections.ranking import sources
from projections.ranking.compiling import ColumnKey
from projections.ranking.seen import Seen

Parameters = dict[str, str | int]

LARGEST_FIELD = 1e15
"""No custom field's number is larger: see `events.domain.fields.values`."""

_TALLY: Mapping[str, str] = {
    "score": "toFloat64(toInt64(tally.up) - toInt64(tally.down))",
    "up": "toFloat64(tally.up)",
    "down": "toFloat64(tally.down)",
    "voters": "toFloat64(tally.up + tally.down)",
    "importance": "toFloat64(tally.importance)",
    "trend": "tally.trend",
    "created": "toUnixTimestamp64Milli(post.created_at) / 1000",
}

_JOINED: Mapping[str, Callable[[Seen], str]] = {
    "comments": sources.comments,
    "recent_comments": sources.recent_comments,
    "recent_votes": sources.recent_votes,
}

_BEHIND: Mapping[str, str] = {
    "spend": "spend_now", "spend_then": "spend_then", "companies": "companies", "paying_companies": "paying_companies",
    "segment": "segment_votes", "segment_importance": "segment_importance",
}  # fmt: skip
"""What the column is called among the weights of `projections.customers`."""

_ESTIMATES: Mapping[str, str] = {
    "estimate": "(estimates.low + estimates.high) / 2",
    "estimate_low": "estimates.low",
    "estimate_high": "estimates.high",
}
_DAY_SECONDS = 86_400


class Joins(NamedTuple):
    """The columns' SQL by name and key, each finite and of type Float64; the LEFT JOINs beside post and tally."""

    columns: Mapping[ColumnKey, str]
    sql: str


def joins(columns: Iterable[Column], seen: Seen, parameters: Parameters) -> Joins:
    """What these columns need, where posts are `post` and their tallies `tally`. Adds to what is bound.

    Raises:
        CannotRank: for a column that has no such past.
    """
    builder = _Builder(seen, parameters)
    found = {(column.name, column.key): builder.column(column.name, column.key) for column in columns}
    return Joins(found, builder.sql())


def field_number(key: str, name: str, parameters: Parameters) -> str:
    """SQL of a custom field's number, from `field_pairs`; the field's id is bound under a name."""
    bound = f"{{{name}:String}}"
    parameters[name] = f"{key}="
    pair = f"arrayFirst(pair -> startsWith(pair, {bound}), field_pairs)"
    number = f"toFloat64OrZero(substring({pair}, length({bound}) + 1))"
    return f"greatest(least(ifNotFinite({number}, 0.), {LARGEST_FIELD:g}), -{LARGEST_FIELD:g})"


class _Builder:
    def __init__(self, seen: Seen, parameters: Parameters) -> None:
        self._seen = seen
        self._parameters = parameters
        self._joined: dict[str, str] = {}
        self._behind: dict[str, tuple[str, set[str]]] = {}
        self._fields = 0

    def column(self, name: str, key: str) -> str:
        """A column's SQL."""
        if name in _TALLY:
            return _TALLY[name]
        if name == "age":
            self._bind("now", self._seen.present)
            since = f"{{now{self._seen.name}:Int64}} - toUnixTimestamp64Milli(post.created_at)"
            return f"greatest({since}, 0) / 1000"
        if name in _JOINED:
            if name.startswith("recent"):
                self._bind("recent", self._seen.recent)
            self._joined[name] = _JOINED[name](self._seen)
            return f"toFloat64({name}.{name})"
        if name in _ESTIMATES:
            self._joined["estimates"] = sources.estimates(self._seen)
            return f"({_ESTIMATES[name]}) * {_DAY_SECONDS}"
        if name == "field":
            return self._field(key)
        alias, wanted = self._behind.setdefault(key, (f"behind_{len(self._behind)}", set()))
        wanted.add(_BEHIND[name])
        return f"toFloat64({alias}.{_BEHIND[name]})"

    def sql(self) -> str:
        """The joins of all columns so far."""
        for key, (alias, wanted) in self._behind.items():
            self._parameters[f"{alias}_key"] = key
            bound = f"{{{alias}_key:String}}"
            self._joined[alias] = sources.behind(wanted, self._seen, currency=bound, segment=bound)
        return "".join(
            f"\n  LEFT JOIN ({source}) AS {alias} ON {alias}.post = post.post" for alias, source in self._joined.items()
        )

    def _field(self, key: str) -> str:
        self._fields += 1
        return field_number(key, f"number_of_{self._fields}{self._seen.name}", self._parameters)

    def _bind(self, name: str, value: int) -> None:
        self._parameters[f"{name}{self._seen.name}"] = value
