"""What hot paths ask about a post, and how that follows from its events."""

from typing import NamedTuple

from events.domain.event import DomainEvent
from events.domain.merging.events import PostMerged, PostUnmerged
from events.domain.posts.events import (
    PostArchived,
    PostDeleted,
    PostRestored,
    PostStatusChanged,
    PostTagged,
    PostUnarchived,
)
from events.domain.vocabulary import PostClosed, PostEdited, PostMoved, PostReopened, PostSubmitted
from events.domain.workflow.rules import Rules


class PostEntry(NamedTuple):
    """Where a post stands, and the version of its aggregate.

    `closed` holds the reason while it is closed; `takes_votes` says whether a vote on it is taken: that is up to its
    status. `shipped` says whether it is shipped, or ever was. A deleted post's entry is kept apart, see
    `Directory.deleted_post`.
    """

    board: str
    title: str
    closed: str | None
    version: int
    status: str = "open"
    takes_votes: bool = True
    archived: bool = False
    deleted: bool = False
    merged_into: str | None = None
    tags: tuple[str, ...] = ()
    shipped: bool = False


def entry_of(event: PostSubmitted, version: int, rules: Rules) -> PostEntry:
    """A new post's entry."""
    taken, shipped = takes_votes(event.status, rules), event.kind == "shipped"
    return PostEntry(event.board, event.title, None, version, event.status, taken, shipped=shipped)


def entry_after(entry: PostEntry, event: DomainEvent, version: int, rules: Rules) -> PostEntry:  # noqa: PLR0911 - by kind
    """The entry after one of its post's events; those that change nothing else change its version."""
    entry = entry._replace(version=version)
    match event:
        case PostEdited():
            return entry._replace(title=event.title or entry.title)
        case PostMoved():
            return entry._replace(board=event.board)
        case PostStatusChanged() | PostClosed() | PostReopened():
            closed = event.reason if isinstance(event, PostClosed) else None
            shipped = entry.shipped or event.kind == "shipped"
            taken = takes_votes(event.status, rules)
            return entry._replace(status=event.status, closed=closed, takes_votes=taken, shipped=shipped)
        case PostArchived() | PostUnarchived():
            return entry._replace(archived=isinstance(event, PostArchived))
        case PostDeleted() | PostRestored():
            return entry._replace(deleted=isinstance(event, PostDeleted))
        case PostMerged() | PostUnmerged():
            return entry._replace(merged_into=event.into if isinstance(event, PostMerged) else None)
        case PostTagged():
            return entry._replace(tags=event.tags)
        case _:
            return entry


def takes_votes(status: str, rules: Rules) -> bool:
    """Whether posts of a status take votes: so they do in one that the workflow has no longer."""
    known = rules.by_id.get(status)
    return known is None or known.votes
