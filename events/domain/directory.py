"""What hot paths ask: whose key this is, and whether a post takes votes. In memory, fed by the ledger's follower.

Look-ups are plain dictionaries, safe from any thread; entries are immutable and are replaced as a whole.
"""

import asyncio
import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from events.domain.budgets.events import BoardBudgeted
from events.domain.event import DomainEvent
from events.domain.merging.events import PostAbsorbed, PostMerged, PostReleased, PostUnmerged
from events.domain.upcasting import UnknownEventType
from events.domain.vocabulary import (
    BoardCreated,
    BoardRenamed,
    DuplicateNoted,
    KeyCreated,
    KeyRevoked,
    PostClosed,
    PostEdited,
    PostMoved,
    PostReopened,
    PostSubmitted,
    Role,
    WorkspaceOpened,
    decode_domain_event,
)
from events.ledger.index import AdmittedCommit
from events.ledger.ledger import Ledger

logger = logging.getLogger(__name__)

_NO_BOARDS: Mapping[str, "BoardEntry"] = MappingProxyType({})


class KeyEntry(NamedTuple):
    """Whom a key lets in, and to what. `label` is what the key is called where it acts."""

    workspace: str
    role: Role
    key: str
    internal: bool = False
    label: str = ""

    @property
    def sees_internal(self) -> bool:
        """Whether it sees what is not for the public: internal notes, internal roadmaps."""
        return self.internal or self.role == "admin"


class BoardEntry(NamedTuple):
    """A board and the version of its aggregate."""

    board: str
    name: str
    version: int


class PostEntry(NamedTuple):
    """Where a post stands, and the version of its aggregate. `closed` holds the reason while it is closed."""

    board: str
    title: str
    closed: str | None
    version: int

    @property
    def takes_votes(self) -> bool:
        """Whether a vote on it counts."""
        return self.closed is None


class Directory:
    """Keys, boards and posts of all workspaces, as far as this process has followed the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        """Reads all that the ledger's index holds, and hears of everything after it."""
        self._ledger = ledger
        self._keys: dict[str, KeyEntry] = {}
        self._hashes: dict[tuple[str, str], str] = {}
        self._boards: dict[str, dict[str, BoardEntry]] = {}
        self._posts: dict[tuple[str, str], PostEntry] = {}
        ledger.listen(self._admitted)

    def key_for(self, hash: str) -> KeyEntry | None:
        """The key of this hash (see `keys.hash_key`), if it opens anything."""
        return self._keys.get(hash)

    def post(self, workspace: str, post: str) -> PostEntry | None:
        """A post of a workspace; None if this process knows none: `catch_up` before saying that there is none."""
        return self._posts.get((workspace, post))

    def board(self, workspace: str, board: str) -> BoardEntry | None:
        """A board of a workspace."""
        return self._boards.get(workspace, _NO_BOARDS).get(board)

    def boards(self, workspace: str) -> Mapping[str, BoardEntry]:
        """All boards of a workspace by id. The mapping never changes."""
        return self._boards.get(workspace, _NO_BOARDS)

    async def catch_up(self, timeout: float = 2.0) -> None:  # noqa: ASYNC109 - the ledger's thread keeps the time
        """Wait until this holds all that was admitted by now.

        Raises:
            LedgerUnavailable: if that takes longer than `timeout` seconds, or Kafka is away.
            LedgerStopped: if this process follows no more.
        """
        await asyncio.wrap_future(self._ledger.catch_up(timeout))

    def _admitted(self, commit: AdmittedCommit) -> None:
        for stored in commit.events:
            try:
                event = decode_domain_event(stored.topic, stored.state)
            except UnknownEventType as error:
                logger.warning("directory passes over an event reason=%s", error)
                continue
            self._apply(commit.workspace, event, stored.originator_version)

    def _apply(self, workspace: str, event: DomainEvent, version: int) -> None:
        match event:
            case PostSubmitted():
                self._posts[workspace, event.post] = PostEntry(event.board, event.title, None, version)
            case PostEdited():
                self._change_post(workspace, event.post, version, title=event.title)
            case PostMoved():
                self._change_post(workspace, event.post, version, board=event.board)
            case PostClosed():
                self._close_post(workspace, event.post, version, event.reason)
            case PostReopened():
                self._close_post(workspace, event.post, version, None)
            case BoardCreated() | BoardRenamed():
                entry = BoardEntry(event.board, event.name, version)
                self._boards[workspace] = {**self._boards.get(workspace, {}), event.board: entry}
            case BoardBudgeted():
                entry = self._boards[workspace][event.board]._replace(version=version)
                self._boards[workspace] = {**self._boards[workspace], event.board: entry}
            case KeyCreated():
                self._keys[event.hash] = KeyEntry(workspace, event.role, event.key, event.internal, event.label)
                self._hashes[workspace, event.key] = event.hash
            case KeyRevoked():
                self._keys.pop(self._hashes.pop((workspace, event.key), ""), None)
            case DuplicateNoted() | PostMerged() | PostUnmerged() | PostAbsorbed() | PostReleased():
                self._change_post(workspace, event.post, version)
            case WorkspaceOpened():
                pass

    def _change_post(
        self, workspace: str, post: str, version: int, *, title: str | None = None, board: str | None = None
    ) -> None:
        entry = self._posts[workspace, post]
        self._posts[workspace, post] = entry._replace(
            title=title or entry.title, board=board or entry.board, version=version
        )

    def _close_post(self, workspace: str, post: str, version: int, closed: str | None) -> None:
        self._posts[workspace, post] = self._posts[workspace, post]._replace(closed=closed, version=version)
