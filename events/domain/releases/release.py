"""A release: what it says, which posts it is of, when it is told, and what became of its posts."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, Self
from uuid import UUID

import msgspec

from events.domain.bounds import (
    NAME_CHARACTERS,
    REASON_CHARACTERS,
    TITLE_CHARACTERS,
    check_id,
    check_line,
    check_text,
    check_time,
)
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.refusals import Conflict, Invalid
from events.domain.releases.events import (
    ReleaseDrafted,
    ReleaseEdited,
    ReleaseEvent,
    ReleaseHeld,
    ReleasePostMoved,
    ReleasePostNotMoved,
    ReleasePublished,
    ReleaseScheduled,
    ReleaseUnscheduled,
    ReleaseWithdrawn,
)

RELEASE_CHARACTERS = 50_000
MOST_POSTS = 500

State = Literal["draft", "scheduled", "published"]


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """A release as it stands.

    `edition` is the version that published or scheduled it last: what follows from that is done for this edition.
    `settled` says of posts what became of them in this edition: why they were not moved, empty if they were. `held` is
    why a scheduled one whose time has come is not published, empty where nothing holds it; `override` whether it is
    published although gates of its posts were open.
    """

    KIND: ClassVar[str] = "release"
    FIRST: ClassVar[type[DomainEvent]] = ReleaseDrafted

    id: UUID
    version: int
    release: str
    title: str
    body: str
    label: str
    posts: tuple[str, ...]
    at: str
    touched: str
    state: State = "draft"
    publish_at: str | None = None
    published_at: str | None = None
    edition: int = 0
    settled: Mapping[str, str] = {}
    held: str = ""
    override: bool = False

    @classmethod
    def begin(cls, id: UUID, event: ReleaseDrafted) -> Self:
        """The release that this event drafted."""
        return cls(
            id=id, version=1, release=event.release, title=event.title, body=event.body, label=event.label,
            posts=event.posts, at=event.at, touched=event.at,
        )  # fmt: skip

    def evolve(self, event: DomainEvent) -> "Release":
        """The release after this event."""
        version = self.version + 1
        match event:
            case ReleaseEdited():
                words = {"title": event.title, "body": event.body, "label": event.label, "posts": event.posts}
                changes: dict[str, object] = {name: value for name, value in words.items() if value is not None}
            case ReleaseScheduled():
                changes = {"state": "scheduled", "publish_at": event.publish_at, "edition": version, "held": ""}
            case ReleasePublished():
                changes = {"state": "published", "publish_at": None, "published_at": event.at, "edition": version}
                changes |= {"settled": {}, "held": "", "override": event.override}
            case ReleaseHeld():
                changes = {"held": event.why}
            case ReleaseUnscheduled() | ReleaseWithdrawn():
                changes = {"state": "draft", "publish_at": None, "published_at": None, "held": "", "override": False}
            case ReleasePostMoved():
                changes = {"settled": {**self.settled, event.post: ""}}
            case ReleasePostNotMoved():
                changes = {"settled": {**self.settled, event.post: event.why}}
            case _:
                raise NotItsEvent(f"release {self.release!r}", event)
        return msgspec.structs.replace(self, version=version, touched=max(self.touched, event.at), **changes)

    @property
    def unsettled(self) -> Sequence[str]:
        """The posts that it is still to be seen about, in order: none unless it is published."""
        return [post for post in self.posts if post not in self.settled] if self.state == "published" else []

    @property
    def not_moved(self) -> Sequence[str]:
        """The posts that could not be moved, in order: none unless it is published."""
        return [post for post in self.posts if self.settled.get(post)] if self.state == "published" else []

    def edit(
        self,
        *,
        title: str,
        body: str | None,
        label: str | None,
        posts: tuple[str, ...] | None,
        reason: str,
        at: str,
    ) -> Sequence[ReleaseEvent]:
        """Have it say this; None leaves a field as it is. Nothing to change is no event."""
        check_words(title, body, label, posts, reason)
        wanted = {"title": title, "body": body, "label": label, "posts": posts}
        changes = {name: value for name, value in wanted.items() if value not in (None, getattr(self, name))}
        if not changes:
            return ()
        return (ReleaseEdited(release=self.release, reason=reason, at=at, **changes),)  # type: ignore[arg-type]  # each is its field's

    def schedule(self, *, publish_at: str | None, reason: str, at: str) -> Sequence[ReleaseEvent]:
        """Have it published at a moment to come, or at none. What is so already is no event."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        if self.state == "published":
            raise Conflict("publish_at", "it is published already: withdraw it first")
        if publish_at == self.publish_at:
            return ()
        if publish_at is None:
            return (ReleaseUnscheduled(release=self.release, reason=reason, at=at),)
        check_time("publish_at", publish_at)
        if publish_at <= at:
            raise Invalid("publish_at", f"must be later than now, {at}: or publish it")
        return (ReleaseScheduled(release=self.release, publish_at=publish_at, reason=reason, at=at),)

    def publish(self, *, reason: str, override: bool = False, at: str) -> Sequence[ReleaseEvent]:
        """Tell it to everybody. A published one is no event."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        if self.state == "published":
            return ()
        return (ReleasePublished(release=self.release, reason=reason, override=override, at=at),)

    def hold(self, *, why: str, at: str) -> Sequence[ReleaseEvent]:
        """Have it wait although its time has come. What it waits for already is no event."""
        return () if self.held == why else (ReleaseHeld(release=self.release, why=why, at=at),)

    def withdraw(self, *, reason: str, at: str) -> Sequence[ReleaseEvent]:
        """Tell it to nobody any more. One that is not published is no event."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        return () if self.state != "published" else (ReleaseWithdrawn(release=self.release, reason=reason, at=at),)


def draft_release(
    *, release: str, title: str, body: str, label: str, posts: tuple[str, ...], reason: str, at: str
) -> ReleaseDrafted:
    """A new release's first event."""
    check_id("release", release)
    check_words(title, body, label, posts, reason)
    return ReleaseDrafted(release=release, title=title, body=body, label=label, posts=posts, reason=reason, at=at)


def check_words(title: str, body: str | None, label: str | None, posts: tuple[str, ...] | None, reason: str) -> None:
    """Refuse what no release can say.

    Raises:
        Invalid: naming the field.
    """
    check_line("title", title, least=1, most=TITLE_CHARACTERS)
    check_text("body", body or "", most=RELEASE_CHARACTERS)
    check_line("label", label or "", most=NAME_CHARACTERS)
    check_text("reason", reason, most=REASON_CHARACTERS)
    for number, post in enumerate(posts or ()):
        check_id(f"posts.{number}", post)
    if posts is not None and len(posts) > MOST_POSTS:
        raise Invalid("posts", f"may be {MOST_POSTS} at most")
    if posts is not None and len(set(posts)) < len(posts):
        raise Invalid("posts", "one of them is named twice")
