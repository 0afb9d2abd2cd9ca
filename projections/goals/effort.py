"""Which posts are planned, and how much work they are thought to be, as SQL. Days and points never mix.

Effort is that of roadmap items: of all of them, and of those that are `left`, which are not shipped yet.
"""

from projections.goals.standing import Source
from projections.roadmaps import standing as roadmaps

_UNITS = ("days", "points")
_BOUNDS = ("low", "high")

EFFORT = (
    "estimated",
    *(f"{unit}_{bound}" for unit in _UNITS for bound in _BOUNDS),
    *(f"{unit}_left_{bound}" for unit in _UNITS for bound in _BOUNDS),
)
"""`estimated` is of how many roadmap items an estimate stands; the rest is what these come to, from low to high."""


def summed() -> str:
    """The columns of `EFFORT`, of posts `each` with a `share` that are `planned`, and of what is `thought` of them."""
    sums = ["countIf(each.planned AND thought.unit != '') AS estimated"]
    for left in ("", "_left"):
        for unit in _UNITS:
            counts = f"each.planned AND thought.unit = '{unit}'" + (" AND each.kind != 'shipped'" if left else "")
            sums += [f"sumIf(thought.{bound} * each.share, {counts}) AS {unit}{left}_{bound}" for bound in _BOUNDS]
    return ",\n  ".join(sums)


def estimates(source: Source) -> str:
    """What posts are thought to take: workspace, post, unit, low, high."""
    said = "workspace, post, unit, low, high"
    if not source.at:
        return f"SELECT {said} FROM <estimates> WHERE {source.where}"
    return f"""SELECT workspace, post, unit, assumeNotNull(low) AS low, assumeNotNull(high) AS high FROM (
  SELECT {said}, withdrawn FROM <estimate_history> WHERE {source.past()}
  ORDER BY workspace, post, occurred_at DESC, revision DESC LIMIT 1 BY workspace, post
) WHERE NOT withdrawn"""


def is_planned(source: Source) -> str:
    """Whether a post of `each` stands on a roadmap: by hand, or by its status."""
    heads, places = roadmaps.heads(where=source.where), roadmaps.places(where=source.where)
    if source.at:
        known = f" AND recorded_at <= {source.known_at}" if source.known_at else ""
        heads = roadmaps.heads_as_of(source.at, where=source.where, known=known)
        places = roadmaps.places_as_of(source.at, where=source.where, known=known)
    return f"""((each.workspace, each.post) IN (
    SELECT workspace, post FROM ({places})
    WHERE (workspace, roadmap) IN (SELECT workspace, roadmap FROM ({heads}) WHERE by = 'time')
  ) OR (each.workspace, each.status) IN (
    SELECT workspace, arrayJoin(arrayFlatten(arrayMap(part -> part.3, parts))) FROM ({heads}) WHERE by = 'status'
  ))"""
