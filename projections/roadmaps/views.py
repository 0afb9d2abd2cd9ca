"""The stable views of roadmaps: over the projection's own tables, and over those of posts and votes besides."""

from projections.clickhouse.schema import StableView
from projections.ranking import tallies
from projections.roadmaps import standing

VIEWS = (
    StableView(
        "roadmaps",
        """SELECT workspace, roadmap, name, public, by, columns, items, created_at, began_at, occurred_at AS updated_at,
  recorded_at, revision
FROM <roadmaps_table> FINAL""",
    ),
    StableView(
        "roadmap_edits",
        """SELECT workspace, roadmap, revision, change, name, public, by, columns, name_before, public_before,
  columns_before, occurred_at, recorded_at, actor, reason
FROM <roadmap_edits_table> FINAL""",
    ),
    StableView(
        "roadmap_items",
        """SELECT workspace, roadmap, post, column, rank, if(precision = '', NULL, target) AS target, precision,
  if(precision = '', NULL, due) AS due, owner, note, placed, since, recorded_at, revision, team
FROM <roadmap_items_table> FINAL WHERE placed""",
    ),
    StableView(
        "roadmap_history",
        """SELECT workspace, roadmap, post, revision, change, placed, column, rank,
  if(precision = '', NULL, target) AS target, precision, if(precision = '', NULL, due) AS due, owner, note,
  column_before, if(precision_before = '', NULL, target_before) AS target_before, precision_before,
  if(precision_before = '', NULL, due_before) AS due_before, owner_before, public,
  since, nullIf(until, toDateTime64(0, 3, 'UTC')) AS until, recorded_at, actor, reason, team, team_before
FROM <roadmap_history_table> FINAL""",
    ),
)

_SHOWN = """stands.workspace AS workspace, stands.roadmap AS roadmap, stands.roadmap_name AS roadmap_name,
  stands.public AS public, stands.column AS column, stands.column_name AS column_name,
  stands.column_place AS column_place,
  row_number() OVER (
    PARTITION BY workspace, roadmap, column ORDER BY NOT stands.placed, stands.rank, score DESC, stands.created_at, post
  ) AS position,
  stands.post AS post, stands.title AS title, stands.status AS status,
  toInt64(tally.up) - toInt64(tally.down) AS score, stands.target AS target, stands.precision AS precision,
  stands.due AS due, stands.owner AS owner, stands.note AS note, stands.placed AS placed,
  nullIf(stands.since, toDateTime64(0, 3, 'UTC')) AS since, stands.merged_into AS merged_into,
  stands.deleted AS deleted, stands.team AS team"""


def _view(heads: str, places: str, words: str, tally: str) -> str:
    return f"""SELECT {_SHOWN}
FROM (
{standing.by_hand(heads, places, words)}
UNION ALL
{standing.by_status(heads, places, words)}
) AS stands
LEFT JOIN (
{tally}
) AS tally ON tally.workspace = stands.workspace AND tally.post = stands.post"""


_AT = "{at:DateTime64(3, 'UTC')}"

ACROSS = (
    StableView("roadmap", _view(standing.heads(), standing.places(), standing.words(), tallies.live())),
    StableView(
        "roadmap_as_of",
        _view(standing.heads_as_of(_AT), standing.places_as_of(_AT), standing.words_as_of(_AT), tallies.as_of(_AT)),
    ),
)
"""What stands on roadmaps, with the posts' words and votes: now, and as of a moment, by when things happened."""
