"""The workspace that an import goes into: its posts and boards as they stand, and the way to add to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from events.domain.application import Feedback
from events.domain.commands import PutBoard
from events.domain.directory import Directory
from events.domain.originators import originator_of
from events.domain.post import Post
from events.ids import CLIENT_ID_PATTERN, is_client_id
from events.ledger.settings import LedgerSettings
from events.log.topics import Topics
from events.settings import KafkaSettings
from services.importers.errors import ImportRefused

CONNECT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Target:
    """One workspace, open for an import."""

    workspace: str
    kafka: KafkaSettings
    feedback: Feedback
    directory: Directory

    @property
    def topics(self) -> Topics:
        """The log that it is on."""
        return self.feedback.ledger.topics

    def ensure_board(self, board: str, name: str, at: str | None) -> None:
        """Have there be this board; one that is there keeps its name."""
        if self.directory.board(self.workspace, board) is None:
            command = PutBoard(workspace=self.workspace, board=board, name=name, at=at)
            self.feedback.execute(command, actor="import")

    def post(self, post: str, *, version: int | None = None) -> Post | None:
        """A post as it stands, or stood at a version."""
        found = self.feedback.load(originator_of(self.workspace, "post", post), version)
        return found if isinstance(found, Post) else None


@contextmanager
def open_target(kafka: KafkaSettings, workspace: str) -> Iterator[Target]:
    """Open a workspace for an import; one that nobody ever named begins with its first board.

    Raises:
        ImportRefused: if `workspace` can't be a workspace's id.
        LedgerStopped, LogError, KafkaError: if the log can't be opened.
    """
    if is_client_id(workspace) is None:
        raise ImportRefused(f"{workspace!r} can't be a workspace: it must match {CLIENT_ID_PATTERN}")
    feedback = Feedback(kafka, LedgerSettings(index=None, connect_seconds=CONNECT_SECONDS))
    try:
        yield Target(workspace, kafka, feedback, Directory(feedback.ledger))
    finally:
        feedback.close()
