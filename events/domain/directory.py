"""What hot paths ask: whose key this is, and whether a post takes votes. In memory, fed by the ledger's follower.

Look-ups are plain dictionaries, safe from any thread; entries are immutable and are replaced as a whole.
"""

import asyncio
import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, cast, get_args

from events.domain.budgets.events import BoardBudgeted
from events.domain.definition_entries import (
    UNDECIDED,
    FieldEntry,
    TagEntry,
    WorkflowEntry,
    fields_after,
    tags_after,
    workflow_after,
)
from events.domain.event import DomainEvent
from events.domain.fields.events import FieldDefined, FieldRemoved
from events.domain.keys import Role
from events.domain.merging.events import PostMerged, PostUnmerged
from events.domain.merging.groups import Groups
from events.domain.post_entries import PostEntry, entry_after, entry_of, takes_votes
from events.domain.ruled import Ruled
from events.domain.tags.events import TagDefined, TagRemoved
from events.domain.upcasting import UnknownEventType
from events.domain.vocabulary import (
    BoardCreated,
    BoardRenamed,
    KeyCreated,
    KeyRevoked,
    PostEvent,
    PostSubmitted,
    decode_domain_event,
)
from events.domain.workflow.events import WorkflowSet
from events.ledger.index import AdmittedCommit
from events.ledger.ledger import Ledger
from events.rulings import Period

logger = logging.getLogger(__name__)

_NO_BOARDS: Mapping[str, "BoardEntry"] = MappingProxyType({})
_NO_TAGS: Mapping[str, "TagEntry"] = MappingProxyType({})
_NO_FIELDS: Mapping[str, "FieldEntry"] = MappingProxyType({})


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
    """A board and the version of its aggregate; a person has so many `votes` there in a `period`, None: any number."""

    board: str
    name: str
    version: int
    votes: int | None = None
    period: Period = "all"


_POST_EVENTS = get_args(PostEvent)


class Directory:
    """Keys, boards and posts of all workspaces, as far as this process has followed the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        """Reads all that the ledger's index holds, and hears of everything after it."""
        self._ledger = ledger
        self._keys: dict[str, KeyEntry] = {}
        self._hashes: dict[tuple[str, str], str] = {}
        self._boards: dict[str, dict[str, BoardEntry]] = {}
        self._posts: dict[tuple[str, str], PostEntry] = {}
        self._deleted: dict[tuple[str, str], PostEntry] = {}
        self._groups = Groups()
        self.ruled = Ruled()
        """The commits that the ballots are told of."""
        self.next_offset = 0
        """The ledger was followed up to, not including, this offset; or further, where nothing there was admitted."""
        self._workflows: dict[str, WorkflowEntry] = {}
        self._tags: dict[str, dict[str, TagEntry]] = {}
        self._fields: dict[tuple[str, str], dict[str, FieldEntry]] = {}
        ledger.listen(self._admitted)

    def key_for(self, hash: str) -> KeyEntry | None:
        """The key of this hash (see `keys.hash_key`), if it opens anything."""
        return self._keys.get(hash)

    def post(self, workspace: str, post: str) -> PostEntry | None:
        """A post of a workspace; None if this process knows none: `catch_up` before saying that there is none."""
        return self._posts.get((workspace, post))

    def voted(self, workspace: str, post: str) -> PostEntry | None:
        """The post that votes on this one count for: what says whether they are taken."""
        entry = self._posts.get((workspace, post))
        if entry is None or entry.merged_into is None:
            return entry
        return self._posts.get((workspace, self._groups.root(workspace, post)))

    def root(self, workspace: str, post: str) -> str:
        """The id of the post that votes on this one count for: its own where it is not merged."""
        return self._groups.root(workspace, post)

    def group(self, workspace: str, post: str) -> tuple[str, ...]:
        """The ids of all posts that are shown together with this one, deleted ones too, the root first."""
        return self._groups.group(workspace, post)

    def ever_merged(self, workspace: str) -> bool:
        """Whether any post of a workspace is merged, or was."""
        return self._groups.ever(workspace)

    def below(self, workspace: str, post: str) -> tuple[str, ...]:
        """The ids of all posts that were merged into this one, directly or by way of others."""
        return self._groups.below(workspace, post)

    def absorbed(self, workspace: str, post: str) -> tuple[str, ...]:
        """The ids of the posts that were merged into this one by name, in order."""
        return self._groups.absorbed(workspace, post)

    def deleted_post(self, workspace: str, post: str) -> PostEntry | None:
        """A post of a workspace that was deleted, and shows nowhere."""
        return self._deleted.get((workspace, post))

    def posts(self, workspace: str) -> list[tuple[str, PostEntry]]:
        """All posts of a workspace with their ids, deleted ones too. Looks through those of every workspace."""
        everywhere = [*self._posts.copy().items(), *self._deleted.copy().items()]
        return [(post, entry) for (owner, post), entry in everywhere if owner == workspace]

    def workflow(self, workspace: str) -> WorkflowEntry:
        """What the posts of a workspace go through."""
        return self._workflows.get(workspace, UNDECIDED)

    def tags(self, workspace: str) -> Mapping[str, TagEntry]:
        """The tags of a workspace by id. The mapping never changes."""
        return self._tags.get(workspace, _NO_TAGS)

    def fields(self, workspace: str, board: str) -> Mapping[str, FieldEntry]:
        """The custom fields of a board by id. The mapping never changes."""
        return self._fields.get((workspace, board), _NO_FIELDS)

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
            self.ruled.take(commit.workspace, commit.receipt.position.offset, event)
        self.next_offset = commit.receipt.position.offset + 1

    def _apply(self, workspace: str, event: DomainEvent, version: int) -> None:
        match event:
            case BoardCreated() | BoardRenamed() | BoardBudgeted():
                entry = _board_after(self.board(workspace, event.board), event, version)
                self._boards[workspace] = {**self.boards(workspace), event.board: entry}
            case KeyCreated():
                self._keys[event.hash] = KeyEntry(workspace, event.role, event.key, event.internal, event.label)
                self._hashes[workspace, event.key] = event.hash
            case KeyRevoked():
                self._keys.pop(self._hashes.pop((workspace, event.key), ""), None)
            case WorkflowSet():
                self._set_workflow(workspace, workflow_after(self.workflow(workspace), event, version))
            case TagDefined() | TagRemoved():
                self._tags[workspace] = tags_after(self.tags(workspace), event, version)
            case FieldDefined() | FieldRemoved():
                fields = self.fields(workspace, event.board)
                self._fields[workspace, event.board] = fields_after(fields, event, version)
            case _:
                if isinstance(event, _POST_EVENTS):
                    self._apply_to_post(workspace, cast("PostEvent", event), version)

    def _apply_to_post(self, workspace: str, event: PostEvent, version: int) -> None:
        key, rules = (workspace, event.post), self.workflow(workspace).rules
        if isinstance(event, PostSubmitted):
            self._posts[key] = entry_of(event, version, rules)
            return
        entry = entry_after(self._posts.get(key) or self._deleted[key], event, version, rules)
        if isinstance(event, PostMerged | PostUnmerged):
            self._groups.take(workspace, event)
        shown, hidden = (self._deleted, self._posts) if entry.deleted else (self._posts, self._deleted)
        shown[key] = entry
        hidden.pop(key, None)

    def _set_workflow(self, workspace: str, workflow: WorkflowEntry) -> None:
        self._workflows[workspace] = workflow
        for posts in (self._posts, self._deleted):
            for key, entry in list(posts.items()):
                taken = takes_votes(entry.status, workflow.rules)
                if key[0] == workspace and entry.takes_votes != taken:
                    posts[key] = entry._replace(takes_votes=taken)


def _board_after(
    entry: BoardEntry | None, event: BoardCreated | BoardRenamed | BoardBudgeted, version: int
) -> BoardEntry:
    if isinstance(event, BoardBudgeted):
        assert entry is not None, "a board begins by being created"
        return entry._replace(version=version, votes=event.votes, period=event.period)
    before = entry or BoardEntry(event.board, event.name, version)
    return before._replace(name=event.name, version=version)
