"""What the votes' history was believed to say at a moment, as SQL: rows recorded by then, as they were then.

A row that was stated otherwise since, because something earlier came late, is taken as `vote_corrections` kept it.
"""

_PLACE = "workspace, post, occurred_at, partition, `offset`, person"
_SAYS = "value_after, importance_after, since_after"
LAST = "(occurred_at, `offset`)"
"""The order of what happened to one vote."""


def timeline(happened: str, known_at: str | None) -> str:
    """Workspace, post, person, occurred_at, offset, value_after, importance_after and since_after of each change.

    `happened` is the condition on the rows; where there is a `known_at`, a moment as an SQL expression,
    only what was recorded by then, and as it was said then.
    """
    columns = f"{_PLACE}, {_SAYS}"
    if known_at is None:
        return f"SELECT {columns} FROM <vote_timeline> WHERE {happened}"
    known = f"{happened} AND recorded_at <= {known_at}"
    return f"""SELECT timeline.* EXCEPT (value_after, importance_after, since_after),
  if(believed.person = '', ({_said("timeline")}), believed.said) AS said,
  said.1 AS value_after, said.2 AS importance_after, said.3 AS since_after
FROM (SELECT {columns} FROM <vote_timeline> WHERE {known}) AS timeline
LEFT JOIN (
  SELECT {_PLACE}, argMin(({_SAYS}), until) AS said FROM <vote_corrections>
  WHERE {known} AND until > {known_at} GROUP BY {_PLACE}
) AS believed USING ({_PLACE})"""


def _said(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in _SAYS.split(", "))
