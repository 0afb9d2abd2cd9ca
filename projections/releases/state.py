"""What the fold remembers of a release, and how an event changes it. Pure, and free of the aggregate."""

from typing import Literal

import msgspec

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
from events.times import Millis, parse_time
from projections.decisions import OutOfPlace

NEVER: Millis = 0


class ReleaseState(msgspec.Struct, array_like=True, frozen=True):
    """A release as it stands."""

    title: str
    body: str
    label: str
    posts: tuple[str, ...]
    created: Millis
    state: Literal["draft", "scheduled", "published"] = "draft"
    publish_at: Millis = NEVER
    published_at: Millis = NEVER
    moved: tuple[str, ...] = ()
    not_moved: tuple[str, ...] = ()
    held: str = ""
    override: bool = False


def evolve_release(state: ReleaseState | None, event: ReleaseEvent) -> ReleaseState:  # noqa: PLR0911 - one for each kind of event
    """The release after this event.

    Raises:
        OutOfPlace: if the event is about a release that was never drafted.
    """
    if isinstance(event, ReleaseDrafted):
        return ReleaseState(event.title, event.body, event.label, event.posts, parse_time(event.at))
    if state is None:
        raise OutOfPlace(f"release {event.release!r} was never drafted")
    replace = msgspec.structs.replace
    match event:
        case ReleaseEdited():
            words = {"title": event.title, "body": event.body, "label": event.label, "posts": event.posts}
            return replace(state, **{name: value for name, value in words.items() if value is not None})
        case ReleaseScheduled():
            return replace(state, state="scheduled", publish_at=parse_time(event.publish_at), held="")
        case ReleasePublished():
            published = replace(state, state="published", publish_at=NEVER, published_at=parse_time(event.at))
            return replace(published, moved=(), not_moved=(), held="", override=event.override)
        case ReleaseHeld():
            return replace(state, held=event.why)
        case ReleaseUnscheduled() | ReleaseWithdrawn():
            return replace(state, state="draft", publish_at=NEVER, published_at=NEVER, held="", override=False)
        case ReleasePostMoved():
            return replace(state, moved=(*state.moved, event.post), not_moved=_others(state, event.post))
        case ReleasePostNotMoved():
            return replace(state, not_moved=(*_others(state, event.post), f"{event.post}={event.why}"))


def _others(state: ReleaseState, post: str) -> tuple[str, ...]:
    """Why posts were not moved, without what was said of this one before it was tried again."""
    return tuple(each for each in state.not_moved if not each.startswith(f"{post}="))


def line(before: ReleaseState | None, event: ReleaseEvent) -> str:  # noqa: PLR0911 - one for each kind of event
    """What an event was, for somebody who reads the history."""
    match event:
        case ReleaseDrafted():
            return "drafted"
        case ReleaseEdited():
            return f"edited {', '.join(_edited(before, event))}"
        case ReleaseScheduled():
            return f"scheduled for {event.publish_at}"
        case ReleaseUnscheduled():
            return "no longer scheduled"
        case ReleasePublished():
            return "published, open gates overridden" if event.override else "published"
        case ReleaseHeld():
            return f"held: {event.why}"
        case ReleaseWithdrawn():
            return "withdrawn"
        case ReleasePostMoved():
            instead = "" if event.moved is None else f", by way of {event.moved}"
            return f"{event.post} is {event.status}{instead}"
        case ReleasePostNotMoved():
            return f"{event.post} was not moved: {event.why}"


def _edited(before: ReleaseState | None, event: ReleaseEdited) -> list[str]:
    """What changed, and of the posts which ones."""
    edited = [name for name in ("title", "body", "label") if getattr(event, name) is not None]
    if event.posts is None:
        return edited
    known = () if before is None else before.posts
    added = [f"+{post}" for post in event.posts if post not in known]
    gone = [f"-{post}" for post in known if post not in event.posts]
    return [*edited, f"posts ({' '.join([*added, *gone]) or 'their order'})"]
