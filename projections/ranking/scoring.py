"""Posts with their tallies and what formulas give, as one subquery: the heart of every ranking."""

from collections.abc import Mapping
from itertools import count

from projections.moments import WORKSPACE
from projections.posts.filters import FILTERED, PostFilter, conditions
from projections.ranking import tallies
from projections.ranking.columns import Parameters, joins
from projections.ranking.compiling import ColumnKey, Compiler
from projections.ranking.formulas import Formula
from projections.ranking.seen import Seen
from projections.ranking.values import whole
from projections.ranking.views import POSTS_AS_OF

COLUMNS = """post.post AS post, post.title AS title, post.board AS board, post.status AS status,
  post.kind AS kind, post.tags AS tags,
  toInt64(tally.up) - toInt64(tally.down) AS score, tally.up AS up, tally.down AS down,
  tally.up + tally.down AS voters, tally.importance AS importance, tally.trend AS trend,
  toUnixTimestamp64Milli(post.created_at) AS created,
  nullIf(toUnixTimestamp64Milli(tally.last_vote_at), 0) AS last_vote"""


def scored(
    asked: PostFilter, formulas: Mapping[str, Formula], seen: Seen, parameters: Parameters, *, where: str = WORKSPACE
) -> str:
    """SQL of the posts that the filter leaves: `COLUMNS`, and for each formula its whole number under its alias.

    Adds what it binds to the parameters, but for what `where` does.

    Raises:
        CannotRank: if a formula has a column without such a past.
    """
    filters, bound = conditions(asked)
    parameters |= bound | seen.parameters
    posts, tally = _sources(seen, where)
    named = {column for formula in formulas.values() for column in formula.checked.columns}
    found = joins(sorted(named, key=lambda column: (column.name, column.key)), seen, parameters)
    inner = {key: (f"column_{number}", sql) for number, (key, sql) in enumerate(found.columns.items())}
    columns = "".join(f", {sql} AS {alias}" for alias, sql in inner.values())
    values = [
        value_of(alias, formula, {key: name for key, (name, _) in inner.items()}, parameters)
        for alias, formula in formulas.items()
    ]
    return f"""SELECT *, {", ".join(values)}
FROM (
  SELECT {COLUMNS}{columns}
  FROM (SELECT post, title, created_at, {FILTERED} FROM ({posts}) WHERE {" AND ".join(filters)}) AS post
  LEFT JOIN ({tally}) AS tally ON tally.post = post.post{found.sql}
)"""


def value_of(
    alias: str,
    formula: Formula,
    columns: Mapping[ColumnKey, str],
    parameters: Parameters,
    *,
    list_of: str | None = None,
) -> str:
    """SQL of a formula's whole number under an alias, with its numbers bound under names of that alias.

    What it gave before it became a whole number is there, too, as `<alias>_given`. `list_of` as in `Compiler`.
    """

    numbers = count()

    def bind(number: float) -> str:
        name = f"{alias}_{next(numbers)}"
        parameters[name] = repr(number)
        return f"{{{name}:Float64}}"

    measure = Compiler(columns, bind, list_of=list_of).sql(formula.tree)
    given = f"{alias}_given"
    return f"{measure} AS {given}, {whole(formula.tree, given)} AS {alias}"


def _sources(seen: Seen, where: str) -> tuple[str, str]:
    """The posts and their tallies: now, at a moment, or as known at a moment."""
    if not seen.is_past:
        return f"SELECT post, title, created_at, {FILTERED} FROM <posts> WHERE {where}", tallies.live(where=where)
    if seen.known_at is None:
        return POSTS_AS_OF.format(where=where, at=seen.at, known=""), tallies.as_of(seen.at, where=where)
    known = f" AND recorded_at <= {seen.known}"
    return (
        POSTS_AS_OF.format(where=where, at=seen.at, known=known),
        tallies.as_known(seen.at, seen.known, where=where),
    )
