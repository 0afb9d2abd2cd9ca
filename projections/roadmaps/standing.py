"""What stands on roadmaps, as SQL: now, or as of a moment and as known at one.

Each function gives a subquery. `heads` says which roadmaps there are, `places` who was placed where, `words` what posts
say; `by_hand` and `by_status` put them together to one row for each post on a roadmap, with the columns of `STANDING`.
Moments are SQL expressions of type DateTime64(3, 'UTC').
"""

STANDING = (
    "workspace", "roadmap", "roadmap_name", "public", "column", "column_name", "column_place", "placed", "rank", "post",
    "title", "status", "kind", "merged_into", "archived", "deleted", "created_at", "target", "precision", "due",
    "owner", "note", "since", "team",
)  # fmt: skip
"""`column_place` counts columns from 1; `since` is 1970, as `rank` is empty, where nobody placed the post by hand."""

_COLUMNS = "JSONExtract(columns, 'Array(Tuple(column String, name String, statuses Array(String)))')"
_HEAD = f"workspace, roadmap, name AS roadmap_name, public, by, {_COLUMNS} AS parts"
_PLACE = "workspace, roadmap, post, placed, column, rank, target, precision, due, owner, note, since, team"
_WORDS = "workspace, post, title, status, kind, merged_into, archived"


def heads(*, where: str = "1") -> str:
    """Roadmaps as they are."""
    return f"SELECT {_HEAD} FROM <roadmaps> WHERE {where}"


def heads_as_of(at: str, *, where: str = "1", known: str = "") -> str:
    """Roadmaps as they were."""
    return f"SELECT {_HEAD} FROM (\n{edits_as_of(at, where=where, known=known)}\n)"


def edits_as_of(at: str, *, where: str = "1", known: str = "") -> str:
    """The decision that made each roadmap what it was. One that had items before it is said to be made was as made."""
    return f"""SELECT workspace, roadmap, name, public, by, columns, occurred_at, revision
FROM <roadmap_edits> WHERE {where}{known} AND (occurred_at <= {at} OR (workspace, roadmap) IN (
  SELECT workspace, roadmap FROM <roadmap_history> WHERE {where} AND since <= {at}{known}
))
ORDER BY workspace, roadmap, occurred_at <= {at} DESC, if(occurred_at <= {at}, -toInt64(revision), toInt64(revision))
LIMIT 1 BY workspace, roadmap"""


def places(*, where: str = "1") -> str:
    """What is placed by hand."""
    return f"SELECT {_PLACE} FROM <roadmap_items> WHERE {where}"


def places_as_of(at: str, *, where: str = "1", known: str = "") -> str:
    """What was placed by hand."""
    return f"""SELECT * FROM (
  SELECT {_PLACE} FROM <roadmap_history> WHERE {where} AND since <= {at}{known}
  ORDER BY workspace, roadmap, post, revision DESC LIMIT 1 BY workspace, roadmap, post
) WHERE placed"""


def words(*, where: str = "1") -> str:
    """What posts say; those that are deleted are not among them."""
    return f"SELECT {_WORDS}, created_at, false AS deleted FROM <posts> WHERE {where}"


def words_as_of(at: str, *, where: str = "1", known: str = "") -> str:
    """What posts said; nothing, where they were deleted."""
    return f"""SELECT workspace, post, if(deleted, '', title) AS title, status, kind, merged_into, archived,
  created_at, deleted
FROM <post_history> WHERE {where} AND occurred_at <= {at}{known}
ORDER BY workspace, post, occurred_at DESC, revision DESC LIMIT 1 BY workspace, post"""


def by_hand(heads: str, places: str, words: str) -> str:
    """What stands on roadmaps by time: the items that are placed, whatever became of their posts since."""
    return f"""SELECT head.workspace AS workspace, head.roadmap AS roadmap, head.roadmap_name AS roadmap_name,
  head.public AS public, place.column AS column, head.parts[column_place].2 AS column_name,
  arrayFirstIndex(part -> part.1 = place.column, head.parts) AS column_place,
  place.placed AS placed, place.rank AS rank, place.post AS post, wrote.title AS title, wrote.status AS status,
  wrote.kind AS kind, wrote.merged_into AS merged_into, wrote.archived AS archived,
  wrote.deleted OR wrote.post = '' AS deleted, wrote.created_at AS created_at,
  place.target AS target, place.precision AS precision, place.due AS due, place.owner AS owner, place.note AS note,
  place.since AS since, place.team AS team
FROM ({places}) AS place
JOIN ({heads}) AS head ON head.workspace = place.workspace AND head.roadmap = place.roadmap
LEFT JOIN ({words}) AS wrote ON wrote.workspace = place.workspace AND wrote.post = place.post
WHERE head.by = 'time'"""


def by_status(heads: str, places: str, words: str) -> str:
    """What stands on roadmaps by status: every post in one of their statuses, with what was decided of it by hand."""
    return f"""SELECT shown.workspace AS workspace, shown.roadmap AS roadmap, shown.roadmap_name AS roadmap_name,
  shown.public AS public, shown.parts[shown.column_place].1 AS column, shown.parts[shown.column_place].2 AS column_name,
  shown.column_place AS column_place, place.placed AS placed, place.rank AS rank, shown.post AS post,
  shown.title AS title, shown.status AS status, shown.kind AS kind, shown.merged_into AS merged_into,
  shown.archived AS archived, false AS deleted, shown.created_at AS created_at,
  place.target AS target, place.precision AS precision, place.due AS due, place.owner AS owner, place.note AS note,
  place.since AS since, place.team AS team
FROM (
  SELECT wrote.*, head.roadmap AS roadmap, head.roadmap_name AS roadmap_name, head.public AS public,
    head.parts AS parts, arrayFirstIndex(part -> has(part.3, wrote.status), head.parts) AS column_place
  FROM ({words}) AS wrote
  JOIN ({heads}) AS head ON head.workspace = wrote.workspace
  WHERE head.by = 'status' AND NOT wrote.deleted AND NOT wrote.archived AND wrote.merged_into = '' AND column_place > 0
) AS shown
LEFT JOIN ({places}) AS place
ON place.workspace = shown.workspace AND place.roadmap = shown.roadmap AND place.post = shown.post"""
