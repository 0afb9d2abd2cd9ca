"""A roadmap with what stands on it, now or at any moment; lists of roadmaps, and of what was decided on one."""

from typing import NamedTuple, Self

import msgspec

from events.domain.roadmaps.events import By, Column
from events.domain.workflow.events import Kind
from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify
from projections.moments import AT, END_OF_TIME, KNOWN_AT, WORKSPACE, Moment
from projections.ranking import tallies
from projections.roadmaps import standing
from projections.roadmaps.fold import RENEWED

_ROADMAP = f"{WORKSPACE} AND roadmap = {{roadmap:String}}"

decode_columns = msgspec.json.Decoder(tuple[Column, ...]).decode


class Head(NamedTuple):
    """A roadmap without what is on it; `revision` is its version, 0 where that is not known of the past."""

    roadmap: str
    name: str
    public: bool
    by: By
    columns: str
    created_at: Millis
    updated_at: Millis
    revision: int

    @property
    def parts(self) -> tuple[Column, ...]:
        """Its columns."""
        return decode_columns(self.columns)


class Standing(NamedTuple):
    """A post on a roadmap: in which column, in which place from 1 on, among how many. Texts are empty for nothing.

    `score` is 0 where votes were not asked for. Dates are as 2026-03-15; `due` is the last day that the target means.
    """

    column: str
    position: int
    among: int
    placed: bool
    post: str
    title: str
    status: str
    kind: Kind | str
    merged_into: str
    archived: bool
    deleted: bool
    score: int
    target: str
    precision: str
    due: str
    owner: str
    note: str
    since: Millis | None
    team: str = ""


class Revision(NamedTuple):
    """One decision on a roadmap, and how things were before. `columns` are the roadmap's after it, as JSON."""

    revision: int
    change: str
    post: str
    title: str
    occurred_at: Millis
    recorded_at: Millis
    actor: str
    reason: str
    column_before: str
    column: str
    target_before: str
    precision_before: str
    due_before: str
    target: str
    precision: str
    due: str
    owner_before: str
    owner: str
    note: str
    name_before: str
    name: str
    public_before: bool
    public: bool
    columns_before: str
    columns: str
    team_before: str = ""
    team: str = ""

    @classmethod
    def of(cls, row: tuple[object, ...]) -> Self:
        """A row of `revisions_query`."""
        return msgspec.convert(row, cls)


def head_query(database: str, workspace: str, roadmap: str, moment: Moment) -> Query:
    """One row of `Head`, or none where there was no such roadmap."""
    parameters: dict[str, str | int] = {"workspace": workspace, "roadmap": roadmap, **moment.parameters}
    created = "toUnixTimestamp64Milli(created_at)"
    sql = f"""SELECT roadmap, name, public, by, columns, {created}, toUnixTimestamp64Milli(updated_at), revision
FROM <roadmaps> WHERE {_ROADMAP}"""
    if moment.is_past:
        source = standing.edits_as_of(AT, where=_ROADMAP, known=moment.known)
        moments = "toUnixTimestamp64Milli(occurred_at)"
        sql = f"SELECT roadmap, name, public, by, columns, {moments}, {moments}, toUInt32(0) FROM ({source})"
    return Query(qualify(sql, database), parameters)


def roadmaps_query(database: str, workspace: str, *, limit: int, after: str = "", public_only: bool = False) -> Query:
    """Roadmaps by id, from the one after `after`; rows of `Head`, and of how many items."""
    shown = " AND public" if public_only else ""
    sql = f"""SELECT roadmap, name, public, by, columns, toUnixTimestamp64Milli(created_at),
  toUnixTimestamp64Milli(updated_at), revision
FROM <roadmaps> WHERE {WORKSPACE} AND roadmap > {{roadmap:String}}{shown}
ORDER BY roadmap LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), {"workspace": workspace, "roadmap": after, "limit": limit})


def standing_query(
    database: str, workspace: str, roadmap: str, by: By, moment: Moment, *, limit: int, votes: bool = True
) -> Query:
    """What stands on a roadmap by column and place, `limit` of each column; rows of `Standing`."""
    parameters: dict[str, str | int] = {"workspace": workspace, "roadmap": roadmap, "limit": limit, **moment.parameters}
    stands = _stands(by, moment)
    tally = _tally(by, moment) if votes else "SELECT '' AS post, 0 AS up, 0 AS down WHERE 0"
    sql = f"""SELECT column, position, count, placed, post, title, status, kind, merged_into, archived, deleted, score,
  ifNull(toString(target), ''), precision, ifNull(toString(due), ''), owner, note,
  nullIf(toUnixTimestamp64Milli(since), 0), team
FROM (
  SELECT stands.*, toInt64(tally.up) - toInt64(tally.down) AS score, count() OVER (PARTITION BY column) AS count,
    row_number() OVER (PARTITION BY column ORDER BY NOT placed, rank, score DESC, created_at, post) AS position
  FROM ({stands}) AS stands LEFT JOIN ({tally}) AS tally ON tally.post = stands.post
)
WHERE position <= {{limit:UInt32}} ORDER BY column_place, position"""
    return Query(qualify(sql, database), parameters)


def kinds_query(database: str, workspace: str, roadmap: str, by: By, placed: Moment, said: Moment) -> Query:
    """What the statuses of posts came to at one moment, that may have stood on a roadmap at another: post, kind."""
    parameters: dict[str, str | int] = {"workspace": workspace, "roadmap": roadmap, **placed.parameters}
    parameters["said_at"] = END_OF_TIME if said.as_of is None else said.as_of
    known = ""
    if said.known_at is not None:
        parameters["said_known"] = said.known_at
        known = " AND recorded_at <= fromUnixTimestamp64Milli({said_known:Int64}, 'UTC')"
    words = standing.words_as_of(
        "fromUnixTimestamp64Milli({said_at:Int64}, 'UTC')", where=_posts_of(by, placed), known=known
    )
    return Query(qualify(f"SELECT post, kind FROM ({words})", database), parameters)


def revisions_query(
    database: str,
    workspace: str,
    roadmap: str,
    *,
    limit: int,
    before: int = 2**32 - 1,
    since: int = 0,
    public_only: bool = False,
    begin: Millis = -1,
    end: Millis = END_OF_TIME,
) -> Query:
    """Decisions on a roadmap, the last first; rows of `Revision`.

    Those before one revision and after another, and that happened after `begin` and not after `end`.
    """
    shown = " AND public" if public_only else ""
    where = f"{_ROADMAP} AND revision < {{before:UInt32}} AND revision > {{since:UInt32}}{shown}"
    sql = f"""SELECT told.revision, told.change, told.post, wrote.title, toUnixTimestamp64Milli(told.occurred_at),
  toUnixTimestamp64Milli(told.recorded_at), told.actor, told.reason, told.column_before, told.column,
  ifNull(toString(told.target_before), ''), told.precision_before, ifNull(toString(told.due_before), ''),
  ifNull(toString(told.target), ''), told.precision, ifNull(toString(told.due), ''),
  told.owner_before, told.owner, told.note, edit.name_before, edit.name, edit.public_before, edit.public,
  edit.columns_before, edit.columns, told.team_before, told.team
FROM (
  SELECT workspace, roadmap, revision, change, '' AS post, occurred_at, recorded_at, actor, reason,
    '' AS column_before, '' AS column, CAST(NULL, 'Nullable(Date)') AS target_before, '' AS precision_before,
    CAST(NULL, 'Nullable(Date)') AS due_before, CAST(NULL, 'Nullable(Date)') AS target, '' AS precision,
    CAST(NULL, 'Nullable(Date)') AS due, '' AS owner_before, '' AS owner, '' AS note,
    '' AS team_before, '' AS team
  FROM <roadmap_edits> WHERE {where}
  UNION ALL
  SELECT workspace, roadmap, revision, change, post, since AS occurred_at, recorded_at, actor, reason,
    column_before, column, target_before, precision_before, due_before, target, precision, due,
    owner_before, owner, note, team_before, team
  FROM <roadmap_history> WHERE {where} AND change != '{RENEWED}'
) AS told
ASOF LEFT JOIN (
  SELECT workspace, roadmap, revision, name_before, name, public_before, public, columns_before, columns
  FROM <roadmap_edits> WHERE {_ROADMAP}
) AS edit ON edit.workspace = told.workspace AND edit.roadmap = told.roadmap AND told.revision >= edit.revision
LEFT JOIN (SELECT post, title FROM <posts> WHERE {WORKSPACE}) AS wrote ON wrote.post = told.post
WHERE toUnixTimestamp64Milli(told.occurred_at) > {{begin:Int64}}
  AND toUnixTimestamp64Milli(told.occurred_at) <= {{end:Int64}}
ORDER BY told.revision DESC LIMIT {{limit:UInt32}}"""
    parameters: dict[str, str | int] = {
        "workspace": workspace,
        "roadmap": roadmap,
        "limit": limit,
        "before": before,
        "since": since,
        "begin": begin,
        "end": end,
    }
    return Query(qualify(sql, database), parameters)


def _stands(by: By, moment: Moment) -> str:
    where = _posts_of(by, moment)
    if moment.is_past:
        heads = standing.heads_as_of(AT, where=_ROADMAP, known=moment.known)
        words = standing.words_as_of(AT, where=where, known=moment.known)
    else:
        heads, words = standing.heads(where=_ROADMAP), standing.words(where=where)
    together = standing.by_status if by == "status" else standing.by_hand
    return together(heads, _places(moment), words)


def _posts_of(by: By, moment: Moment) -> str:
    """The condition on posts that may stand on the roadmap."""
    return WORKSPACE if by == "status" else f"{WORKSPACE} AND post IN (SELECT post FROM ({_places(moment)}))"


def _places(moment: Moment) -> str:
    if not moment.is_past:
        return standing.places(where=_ROADMAP)
    return standing.places_as_of(AT, where=_ROADMAP, known=moment.known)


def _tally(by: By, moment: Moment) -> str:
    where = _posts_of(by, moment)
    if not moment.is_past:
        return tallies.live(where=where)
    if moment.known_at is None:
        return tallies.as_of(AT, where=where)
    return tallies.as_known(AT, KNOWN_AT, where=where)
