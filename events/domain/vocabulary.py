"""The domain events of the ledger: their stable names and the JSON of their states.

Plain data, decoded by msgspec at speed; needs nothing of the library that the aggregates use. Younger aggregates have a
package each, with their events in its `events.py`. An event's workspace is
its commit's `source`, who decided it the commit's `actor`. `at` is when it happened at the client: RFC 3339 in UTC
with milliseconds. Fields are only ever added, each with a default; anything else is a new version with an upcaster.
"""

from typing import ClassVar

import msgspec

from events.domain.budgets import events as budgets
from events.domain.comments import events as comments
from events.domain.complaints import events as complaints
from events.domain.defects import events as defects
from events.domain.estimates import events as estimates
from events.domain.event import DomainEvent
from events.domain.fields import events as fields
from events.domain.forgetting import events as forgetting
from events.domain.formulas import events as formulas
from events.domain.gates import events as gates
from events.domain.goals import events as goals
from events.domain.keys import Role
from events.domain.merging import events as merging
from events.domain.posts import events as posts
from events.domain.releases import events as releases
from events.domain.roadmaps import events as roadmaps
from events.domain.segments import events as segments
from events.domain.tags import events as tags
from events.domain.teams import events as teams
from events.domain.upcasting import Vocabulary
from events.domain.webhooks import events as webhooks
from events.domain.workflow import events as workflow
from events.domain.workflow.events import Kind


class WorkspaceOpened(msgspec.Struct, frozen=True, kw_only=True):
    """A customer begins."""

    TYPE: ClassVar[str] = "groundswell.workspace.opened.v1"
    at: str


class KeyCreated(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An API key was given out; only its SHA-256 is kept. With `internal` it also sees what is not for the public."""

    TYPE: ClassVar[str] = "groundswell.key.created.v1"
    key: str
    role: Role
    hash: str
    label: str = ""
    internal: bool = False
    at: str


class KeyRevoked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An API key no longer opens anything."""

    TYPE: ClassVar[str] = "groundswell.key.revoked.v1"
    key: str
    reason: str = ""
    at: str


class BoardCreated(msgspec.Struct, frozen=True, kw_only=True):
    """There is a board."""

    TYPE: ClassVar[str] = "groundswell.board.created.v1"
    board: str
    name: str
    at: str


class BoardRenamed(msgspec.Struct, frozen=True, kw_only=True):
    """A board has another name."""

    TYPE: ClassVar[str] = "groundswell.board.renamed.v1"
    board: str
    name: str
    at: str


class PostSubmitted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """There is a post, with the first status of its workspace; `author` is a person's id, if one is named."""

    TYPE: ClassVar[str] = "groundswell.post.submitted.v1"
    post: str
    board: str
    title: str
    body: str = ""
    author: str | None = None
    status: str = "open"
    kind: Kind = "open"
    at: str


class PostEdited(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a post says changed; None stands for what did not."""

    TYPE: ClassVar[str] = "groundswell.post.edited.v1"
    post: str
    title: str | None = None
    body: str | None = None
    author: str | None = None
    reason: str = ""
    at: str


class PostMoved(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A post stands on another board."""

    TYPE: ClassVar[str] = "groundswell.post.moved.v1"
    post: str
    board: str
    reason: str = ""
    at: str


class PostClosed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A post has the status in which its workspace closes posts; everybody may read why."""

    TYPE: ClassVar[str] = "groundswell.post.closed.v1"
    post: str
    reason: str = ""
    status: str = "closed"
    kind: Kind = "declined"
    at: str


class PostReopened(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A closed post has the status again that it had before."""

    TYPE: ClassVar[str] = "groundswell.post.reopened.v1"
    post: str
    reason: str = ""
    status: str = "open"
    kind: Kind = "open"
    at: str


class DuplicateNoted(msgspec.Struct, frozen=True, kw_only=True):
    """A post says the same as another one: a link, which merges nothing."""

    TYPE: ClassVar[str] = "groundswell.post.duplicate-noted.v1"
    post: str
    duplicate_of: str
    at: str


WorkspaceEvent = WorkspaceOpened | KeyCreated | KeyRevoked
BoardEvent = BoardCreated | BoardRenamed | budgets.BoardBudgeted
PostEvent = (
    PostSubmitted
    | PostEdited
    | PostMoved
    | PostClosed
    | PostReopened
    | DuplicateNoted
    | posts.LifeEvent
    | merging.MergeEvent
)

EVENTS: tuple[type[DomainEvent], ...] = (
    WorkspaceOpened,
    KeyCreated,
    KeyRevoked,
    BoardCreated,
    BoardRenamed,
    PostSubmitted,
    PostEdited,
    PostMoved,
    PostClosed,
    PostReopened,
    DuplicateNoted,
    *posts.EVENTS,
    *workflow.EVENTS,
    *tags.EVENTS,
    *fields.EVENTS,
    *merging.EVENTS,
    *budgets.EVENTS,
    *comments.EVENTS,
    *roadmaps.EVENTS,
    *releases.EVENTS,
    *webhooks.EVENTS,
    *segments.EVENTS,
    *forgetting.EVENTS,
    *gates.EVENTS,
    *defects.EVENTS,
    *complaints.EVENTS,
    *teams.EVENTS,
    *estimates.EVENTS,
    *goals.EVENTS,
    *formulas.EVENTS,
)
"""Every event there is: those above, and the `EVENTS` of each package of `events.domain` that has its own."""

VOCABULARY: Vocabulary[DomainEvent] = Vocabulary(EVENTS, upcasters={})

decode_domain_event = VOCABULARY.decode
"""`(type, state) -> DomainEvent`; raises `UnknownEventType` or `msgspec.MsgspecError`."""

encode_state = VOCABULARY.encode
"""`event -> state`: the bytes of its JSON."""
