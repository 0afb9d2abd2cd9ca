"""What is done to a post as a whole, and undone: archived, deleted, pinned. What it is already is no event."""

from collections.abc import Sequence

from events.domain.bounds import REASON_CHARACTERS, check_text
from events.domain.post import Post
from events.domain.posts.events import (
    PostArchived,
    PostDeleted,
    PostPinned,
    PostRestored,
    PostUnarchived,
    PostUnpinned,
)
from events.domain.vocabulary import PostEvent


def archive(post: Post, *, archived: bool, reason: str, at: str) -> Sequence[PostEvent]:
    """Take a post out of lists and rankings, or put it back."""
    check_text("reason", reason, most=REASON_CHARACTERS)
    event = PostArchived if archived else PostUnarchived
    return () if post.archived == archived else (event(post=post.post, reason=reason, at=at),)


def delete(post: Post, *, deleted: bool, reason: str, at: str) -> Sequence[PostEvent]:
    """Hide a post everywhere, or bring it back."""
    check_text("reason", reason, most=REASON_CHARACTERS)
    event = PostDeleted if deleted else PostRestored
    return () if post.deleted == deleted else (event(post=post.post, reason=reason, at=at),)


def pin(post: Post, *, pinned: bool, reason: str, at: str) -> Sequence[PostEvent]:
    """Have a post come first where pinned ones do, or no longer."""
    check_text("reason", reason, most=REASON_CHARACTERS)
    event = PostPinned if pinned else PostUnpinned
    return () if post.pinned == pinned else (event(post=post.post, reason=reason, at=at),)
