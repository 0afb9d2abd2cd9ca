"""Deciding on thousands of posts: many aggregates in one commit, and nothing that is as asked already."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import cast

import msgspec
from eventsourcing.persistence import StoredEvent

from events.domain.aggregates import A
from events.domain.application import Feedback
from events.domain.bounds import check_id, check_time
from events.domain.commands import ImportPost, PostCommand
from events.domain.execution import Attempts, InWorkspace, known_end, now
from events.domain.mapper import to_stored
from events.domain.post import Post
from events.ledger.errors import CommitIdReused, VersionConflict
from events.ledger.recorders import make_commit
from events.position import Position

CHUNK_POSTS = 500
CHUNK_BYTES = 256 * 1024
_EVENT_BYTES = 200
"""What an event costs in a commit beside its state."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How many posts were created, changed, or as asked already; all of it lies up to `position`."""

    created: int
    changed: int
    unchanged: int
    position: Position

    def __add__(self, other: "Imported") -> "Imported":
        return Imported(
            self.created + other.created,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            max(self.position, other.position),
        )


def import_posts(
    feedback: Feedback,
    workspace: str,
    posts: Iterable[ImportPost],
    *,
    actor: str | None = None,
    on_progress: Callable[[Imported], None] | None = None,
) -> Imported:
    """Have there be all these posts, some hundreds a commit. May be interrupted and repeated: what is there stays.

    `on_progress` is told the sum so far after each commit. Boards must be there before.

    Raises:
        Refusal: at the first post that can't be; those of the commits before it are in.
        OutcomeUnknown, LedgerUnavailable, LedgerStopped: from the ledger; repeat the import.
    """
    return decide_posts(feedback, workspace, posts, actor=actor, on_progress=on_progress)


def decide_posts(
    feedback: Feedback,
    workspace: str,
    commands: Iterable[PostCommand],
    *,
    actor: str | None = None,
    on_progress: Callable[[Imported], None] | None = None,
) -> Imported:
    """Carry out a command on each of many posts, as `import_posts` does."""
    check_id("workspace", workspace)
    total = Imported(0, 0, 0, known_end(feedback.ledger))
    for chunk in _chunks(commands):
        total += _carry_out(feedback, workspace, chunk, actor)
        if on_progress is not None:
            on_progress(total)
    return total


def _carry_out(feedback: Feedback, workspace: str, commands: list[PostCommand], actor: str | None) -> Imported:
    attempts = Attempts()
    while True:
        stored, counts = _decide_chunk(feedback, workspace, commands)
        if not stored:
            return Imported(*counts, known_end(feedback.ledger))
        commit = make_commit(stored, workspace=workspace, actor=actor)
        try:
            return Imported(*counts, feedback.ledger.submit(commit).result().position)
        except (VersionConflict, CommitIdReused) as error:
            attempts.pause(error)


def _decide_chunk(
    feedback: Feedback, workspace: str, commands: list[PostCommand]
) -> tuple[list[StoredEvent], tuple[int, int, int]]:
    view = _WithinCommit(feedback, workspace)
    moment = now()
    stored: list[StoredEvent] = []
    created = changed = 0
    for command in commands:
        if command.at is not None:
            check_time("at", command.at)
        change = command.change(view, command.at or moment)
        view.changed[command.post] = change.aggregate
        stored += [to_stored(event) for event in change.events]
        created += change.created
        changed += bool(change.events) and not change.created
    return stored, (created, changed, len(commands) - created - changed)


class _WithinCommit(InWorkspace):
    """How things stand in the middle of a commit: what it changed so far comes first."""

    def __init__(self, feedback: Feedback, workspace: str) -> None:
        super().__init__(feedback, workspace)
        self.changed: dict[str, Post] = {}

    def find(self, kind: type[A], id: str, /) -> A | None:
        """One of them by its kind and id."""
        found = self.changed.get(id) if kind is Post else None
        return super().find(kind, id) if found is None else cast("A", found)


def _chunks(commands: Iterable[PostCommand]) -> Iterator[list[PostCommand]]:
    chunk: list[PostCommand] = []
    size = 0
    for command in commands:
        cost = 2 * len(msgspec.json.encode(command)) + 4 * _EVENT_BYTES
        if chunk and (len(chunk) >= CHUNK_POSTS or size + cost > CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(command)
        size += cost
    if chunk:
        yield chunk
