"""What was done to a post, in one readable line of plain text."""

from collections.abc import Iterable, Mapping

from events.domain.event import DomainEvent
from events.domain.merging.events import PostAbsorbed, PostMerged, PostReleased, PostUnmerged
from events.domain.posts.events import (
    PostArchived,
    PostDeleted,
    PostFieldsSet,
    PostPinned,
    PostRestored,
    PostStatusChanged,
    PostTagged,
    PostUnarchived,
    PostUnpinned,
)
from events.domain.vocabulary import (
    DuplicateNoted,
    PostClosed,
    PostEdited,
    PostEvent,
    PostMoved,
    PostReopened,
    PostSubmitted,
)
from projections.posts.state import PostState, field_text


def line(before: PostState | None, event: PostEvent) -> str:  # noqa: PLR0911 - one for each kind of event
    """What an event did to a post that stood so; None for one that was not there."""
    if before is None or isinstance(event, PostSubmitted):
        return f"submitted on {event.board}" if isinstance(event, PostSubmitted) else ""
    match event:
        case PostEdited():
            words = {"title": event.title, "body": event.body, "author": event.author}
            return f"edited {_listed(f'the {word}' for word, value in words.items() if value is not None)}"
        case PostMoved():
            return f"moved from {before.board} to {event.board}"
        case PostStatusChanged() | PostClosed() | PostReopened():
            return _status_line(before, event)
        case PostTagged():
            return _tags_line(before, event)
        case PostFieldsSet():
            return _fields_line(event)
        case DuplicateNoted():
            return f"noted as a duplicate of {event.duplicate_of}"
        case PostMerged() | PostUnmerged():
            return f"merged into {event.into}" if isinstance(event, PostMerged) else f"taken back out of {event.into}"
        case PostAbsorbed() | PostReleased():
            return _group_line(event)
        case _:
            return _MARKS[type(event)]


def note_of(event: PostEvent) -> str:
    """What is said about it for everybody."""
    if isinstance(event, PostClosed):  # everybody could always read why
        return event.reason
    return event.note if isinstance(event, PostStatusChanged) else ""


def reason_of(event: PostEvent) -> str:
    """Why it was done, for those who see what is internal."""
    return "" if isinstance(event, PostClosed) else str(getattr(event, "reason", ""))


_MARKS: Mapping[type[DomainEvent], str] = {
    PostArchived: "archived",
    PostUnarchived: "taken out of the archive",
    PostDeleted: "deleted",
    PostRestored: "restored",
    PostPinned: "pinned",
    PostUnpinned: "unpinned",
}


def _status_line(before: PostState, event: PostStatusChanged | PostClosed | PostReopened) -> str:
    if event.status == before.status:
        return f"kept as {event.status}"
    done = {PostClosed: "closed: ", PostReopened: "reopened: "}.get(type(event), "")
    return f"{done}status changed from {before.status} to {event.status}"


def _tags_line(before: PostState, event: PostTagged) -> str:
    added = [tag for tag in event.tags if tag not in before.tags]
    removed = [tag for tag in before.tags if tag not in event.tags]
    parts = [f"{word} {_listed(tags)}" for word, tags in (("tagged", added), ("untagged", removed)) if tags]
    return "; ".join(parts) or "tags kept"


def _fields_line(event: PostFieldsSet) -> str:
    return "; ".join(
        f"{field} cleared" if value is None else f"{field} set to {field_text(value)}"
        for field, value in sorted(event.values.items())
    )


def _group_line(event: PostAbsorbed | PostReleased) -> str:
    through = f" by way of {event.through}" if event.through else ""
    if isinstance(event, PostAbsorbed):
        return f"{event.merged} was merged into it{through}"
    return f"{event.released} was taken back out of it{through}"


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
