"""Gates, checks, what is open and what was overridden, as they are asked for: now, or as of a moment."""

from collections.abc import Sequence
from typing import NamedTuple

from events.times import Millis
from projections.clickhouse.query import Parameter, Query
from projections.clickhouse.schema import qualify
from projections.moments import WORKSPACE, Moment
from projections.quality import checking
from projections.quality.moments import asked_of


class GateDecision(NamedTuple):
    """What a board's gate asked after a decision; none of it: there was no gate any more."""

    revision: int
    checks: Sequence[str]
    names: Sequence[str]
    occurred_at: Millis
    recorded_at: Millis
    actor: str
    reason: str


class CheckRow(NamedTuple):
    """A check of a post; `by` whom, by what `evidence` and `since` when it is passed, or was taken back, and why."""

    check: str
    name: str
    passed: bool
    by: str
    evidence: str
    since: Millis | None
    reason: str


class CheckDecision(NamedTuple):
    """One decision on a check of a post."""

    revision: int
    check: str
    passed: bool
    by: str
    evidence: str
    occurred_at: Millis
    recorded_at: Millis
    actor: str
    reason: str


class OpenGate(NamedTuple):
    """A post that can't be shipped yet: how many checks are asked and passed, and which are missing."""

    board: str
    post: str
    title: str
    status: str
    kind: str
    checks: int
    passed: int
    missing: Sequence[str]


class Override(NamedTuple):
    """An open gate that a post was let through."""

    at: Millis
    post: str
    board: str
    missing: Sequence[str]
    release: str
    actor: str
    reason: str
    revision: int


def gate_query(database: str, workspace: str, board: str, moment: Moment) -> Query:
    """The gate of a board at a moment: one row of `GateDecision`, or none."""
    parameters: dict[str, Parameter] = {"workspace": workspace, "board": board}
    asked = asked_of(moment, parameters)
    sql = f"""SELECT {_GATE} FROM <gate_history>
WHERE board = {{board:String}} AND {asked.until("occurred_at")} ORDER BY occurred_at DESC, revision DESC LIMIT 1"""
    return _query(sql, database, parameters)


def gate_history_query(database: str, workspace: str, board: str, *, limit: int, after: int = 0) -> Query:
    """What was decided on the gate of a board, in order, after a revision; rows of `GateDecision`."""
    sql = f"""SELECT {_GATE} FROM <gate_history>
WHERE {WORKSPACE} AND board = {{board:String}} AND revision > {{revision:UInt32}}
ORDER BY revision LIMIT {{limit:UInt32}}"""
    return _query(sql, database, {"workspace": workspace, "board": board, "revision": after, "limit": limit})


def checks_query(database: str, workspace: str, post: str, moment: Moment) -> Query:
    """The checks of a post in their order; rows of `CheckRow`, none where its board has no gate."""
    parameters: dict[str, Parameter] = {"workspace": workspace, "post": post}
    checks = checking.gate_checks(asked_of(moment, parameters))
    sql = f"""SELECT check, name, passed, by, evidence, toUnixTimestamp64Milli(since), reason FROM ({checks})
WHERE post = {{post:String}} ORDER BY place"""
    return _query(sql, database, parameters)


def check_history_query(database: str, workspace: str, post: str, *, limit: int, after: int = 0) -> Query:
    """What was decided on the checks of a post, in order, after a revision; rows of `CheckDecision`."""
    sql = f"""SELECT revision, check, passed, by, evidence, toUnixTimestamp64Milli(occurred_at),
  toUnixTimestamp64Milli(recorded_at), actor, reason
FROM <check_history> WHERE {WORKSPACE} AND post = {{post:String}} AND revision > {{revision:UInt32}}
ORDER BY revision LIMIT {{limit:UInt32}}"""
    return _query(sql, database, {"workspace": workspace, "post": post, "revision": after, "limit": limit})


def open_gates_query(
    database: str,
    workspace: str,
    moment: Moment,
    *,
    limit: int,
    board: str | None = None,
    after: tuple[str, str] = ("", ""),
) -> Query:
    """Posts that can't be shipped yet, by board and id; rows of `OpenGate`."""
    parameters: dict[str, Parameter] = {"workspace": workspace, "limit": limit}
    where = ["(board, post) > ({last_board:String}, {last_post:String})"]
    parameters |= {"last_board": after[0], "last_post": after[1]}
    if board is not None:
        where.append("board = {board:String}")
        parameters["board"] = board
    gates = checking.open_gates(checking.gate_checks(asked_of(moment, parameters)))
    sql = f"""SELECT board, post, title, status, kind, checks, passed_checks, missing FROM ({gates})
WHERE {" AND ".join(where)} ORDER BY board, post LIMIT {{limit:UInt32}}"""
    return _query(sql, database, parameters)


def overrides_query(
    database: str, workspace: str, *, limit: int, after: tuple[Millis, str, int] | None = None
) -> Query:
    """Open gates that posts were let through, the last one first; rows of `Override`."""
    parameters: dict[str, Parameter] = {"workspace": workspace, "limit": limit}
    where = WORKSPACE
    if after is not None:
        where += " AND (-happened, post, revision) > (-{last:Int64}, {post:String}, {revision:UInt32})"
        parameters |= {"last": after[0], "post": after[1], "revision": after[2]}
    sql = f"""SELECT happened, post, board, missing, release, actor, reason, revision
FROM (SELECT *, toUnixTimestamp64Milli(at) AS happened FROM <gate_overrides>)
WHERE {where} ORDER BY happened DESC, post, revision LIMIT {{limit:UInt32}}"""
    return _query(sql, database, parameters)


_GATE = """revision, checks, names, toUnixTimestamp64Milli(occurred_at), toUnixTimestamp64Milli(recorded_at), actor,
  reason"""


def _query(sql: str, database: str, parameters: dict[str, Parameter]) -> Query:
    return Query(qualify(sql, database), parameters)
