"""The rows of votes, from what they state. Columns are in the order of `projections.votes.tables`."""

from collections.abc import Callable
from operator import itemgetter

from events.times import Millis
from projections.fold import Cell, Row
from projections.votes.changes import VOTED, Change, Shown
from projections.votes.register import Revision
from projections.votes.tables import VOTE_HISTORY

Whose = tuple[str, str, str]
"""Workspace, post and person."""


def history_of(whose: Whose, partition: int, revision: Revision, version: int) -> Row:
    """What one entry of a register changed, where no rule says otherwise."""
    before, after = revision
    was = (0, 0, after.time) if before is None else (before.value, before.importance, before.since)
    return (
        *whose, partition, after.offset, after.time, after.recorded, after.id, after.by,
        was[0], after.value, was[1], after.importance, was[2], after.since, after.value, 0, VOTED, "", version,
    )  # fmt: skip


def ruled_history_of(workspace: str, person: str, partition: int, change: Change, version: int) -> Row:
    """What an event changed on a bound post."""
    before, after = change.before, change.shown.side
    return (
        workspace, change.post, person, partition, change.offset, change.time, change.recorded, change.id, change.by,
        before.value, after.value, before.importance, after.importance, before.since, after.since,
        change.said, change.shown.waiting.value, change.cause, change.shown.via, version,
    )  # fmt: skip


def correction_of(history: Row, until: Millis) -> Row:
    """What a row of history said until a moment; its version goes on as the correction's own."""
    workspace, post, person, partition, offset, time, recorded = history[:7]
    return (workspace, post, person, partition, offset, until, time, recorded, *history[9:15], history[-1])


def whose_of(history: Row) -> Whose:
    """Whose vote a row of history tells of."""
    workspace, post, person = map(str, history[:3])
    return workspace, post, person


def recorded_of(history: Row) -> Millis:
    """When a row of history was recorded."""
    return _whole(history[6])


def version_of(history: Row) -> int:
    """The version of a row of history."""
    return _whole(history[-1])


def _whole(cell: Cell) -> int:
    assert isinstance(cell, int)
    return cell


def _columns_of_history(*names: str) -> Callable[[Row], Row]:
    return itemgetter(*map(list(VOTE_HISTORY.columns).index, names))


vote_of_first = _columns_of_history(
    "workspace", "post", "person", "value_after", "importance_after", "since_after", "recorded_at", "by", "waiting",
    "via", "version",
)  # fmt: skip
"""How a person stands after the first vote on a post that no rule speaks of, from its row of history."""

entry_of_first = _columns_of_history(
    "occurred_at", "offset", "recorded_at", "value_after", "importance_after", "since_after", "event_id", "by"
)
"""The fields of that vote's entry in its register."""


def vote_of(whose: Whose, shown: Shown, version: int) -> Row:
    """How a person stands on a bound post; a vote that waits shows since when, and with which importance."""
    waiting = shown.waiting
    side = waiting._replace(value=0) if waiting.value else shown.side
    return (*whose, *side, shown.recorded, shown.by, waiting.value, shown.via, version)
