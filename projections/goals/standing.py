"""Goals, what is measured of them and which posts serve them, as SQL: now, or as of a moment and as known at one.

Each function gives a subquery over stable views. A `Source` says of when: its moments are SQL expressions of type
DateTime64(3, 'UTC').
"""

from typing import NamedTuple

KEY_RESULTS = "Array(Tuple(key_result String, name String, start Float64, target Float64, unit String))"
"""The type of a goal's key results as they are read from JSON."""

_GOAL = "workspace, goal, name, description, target_day, key_results, state, created_at, closed_at"


class Source(NamedTuple):
    """Of when: now where `at` is empty, else of that moment; of what was recorded by `known_at`, where there is one.

    `where` is a condition on the workspace.
    """

    at: str = ""
    known_at: str = ""
    where: str = "1"

    def past(self, occurred: str = "occurred_at") -> str:
        """The condition on the rows of a history."""
        known = f" AND recorded_at <= {self.known_at}" if self.known_at else ""
        return f"{self.where} AND {occurred} <= {self.at}{known}"


def goals(source: Source, extra: str = "1") -> str:
    """What goals say: the columns of the view `goals` down to `revision`."""
    said = f"{_GOAL}, {{changed}} AS updated_at, recorded_at, revision"
    if not source.at:
        return f"SELECT {said.format(changed='updated_at')} FROM <goals> WHERE {source.where} AND {extra}"
    return f"""SELECT {said.format(changed="occurred_at")} FROM <goal_history> WHERE {source.past()} AND {extra}
ORDER BY workspace, goal, occurred_at DESC, revision DESC LIMIT 1 BY workspace, goal"""


def measured(source: Source, extra: str = "1", history: str = "<key_result_history>") -> str:
    """What each key result was measured at last: workspace, goal, key_result, value, measured_at, measures."""
    when = source.past() if source.at else source.where
    return f"""SELECT workspace, goal, key_result, argMax(value, (occurred_at, revision)) AS value,
  max(occurred_at) AS measured_at, count() AS measures
FROM {history} WHERE {when} AND {extra} GROUP BY workspace, goal, key_result"""


def key_results(goals: str, measured: str) -> str:
    """The key results of goals, with how far each has come: the columns of the view `key_results`."""
    return f"""SELECT said.workspace AS workspace, said.goal AS goal, said.each.1 AS key_result, said.place AS place,
  said.each.2 AS name, said.each.5 AS unit, said.each.3 AS start, said.each.4 AS target,
  if(measured.measures > 0, measured.value, NULL) AS value,
  if(measured.measures > 0, measured.measured_at, NULL) AS measured_at,
  toUInt32(measured.measures) AS measures, (value - start) / (target - start) AS progress
FROM (
  SELECT workspace, goal, each, toUInt8(place) AS place FROM (
    SELECT workspace, goal, JSONExtract(key_results, '{KEY_RESULTS}') AS parts FROM ({goals})
  ) ARRAY JOIN parts AS each, arrayEnumerate(parts) AS place
) AS said
LEFT JOIN ({measured}) AS measured
  ON measured.workspace = said.workspace AND measured.goal = said.goal AND measured.key_result = said.each.1"""


def progress(key_results: str) -> str:
    """How far goals have come: workspace, goal, measured (how many of the key results are), progress from 0 to 1.

    The mean over the key results, each held between 0 and 1; one that nobody measured has not moved. Null where none
    was measured.
    """
    return f"""SELECT workspace, goal, countIf(each.measures > 0) AS measured,
  if(measured = 0, NULL, avg(least(1., greatest(0., ifNull(each.progress, 0.))))) AS progress
FROM ({key_results}) AS each GROUP BY workspace, goal"""


def links(source: Source, extra: str = "1") -> str:
    """Which posts serve goals: the columns of the view `goal_links`."""
    columns = "workspace, goal, post, weight, {since} AS since, recorded_at, revision, actor, reason"
    if not source.at:
        return f"SELECT {columns.format(since='since')} FROM <goal_links> WHERE {source.where} AND {extra}"
    return f"""SELECT {columns.format(since="occurred_at")} FROM (
  SELECT * FROM <goal_link_history> WHERE {source.past()} AND {extra}
  ORDER BY workspace, goal, post, occurred_at DESC, revision DESC LIMIT 1 BY workspace, goal, post
) WHERE linked"""
