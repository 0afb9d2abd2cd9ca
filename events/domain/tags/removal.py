"""Removing a tag: from the posts that have it, and for good."""

from typing import NamedTuple

from events.domain.application import Feedback
from events.domain.directory import Directory
from events.domain.execution import Saved
from events.domain.importing import decide_posts
from events.domain.posts.commands import UntagPost
from events.domain.tags.commands import RemoveTag
from events.domain.tags.tag import Tag
from events.position import Position

CATCH_UP_SECONDS = 5.0


class Removed(NamedTuple):
    """The tag, how many posts had it, and up to where on the ledger that stands."""

    saved: Saved[Tag]
    posts: int
    position: Position


def remove_tag(
    feedback: Feedback,
    directory: Directory,
    command: RemoveTag,
    *,
    actor: str | None = None,
    commit_id: str | None = None,
    expected_version: int | None = None,
) -> Removed:
    """Have there be no such tag, then take it off every post. May be interrupted and repeated.

    `directory` is one of `feedback`'s ledger. Raises as `Feedback.execute` does.
    """
    saved = feedback.execute(command, actor=actor, commit_id=commit_id, expected_version=expected_version)
    feedback.ledger.catch_up(CATCH_UP_SECONDS).result()
    reason = command.reason or f"there is no tag {command.word} any more"
    asked = [
        UntagPost(workspace=command.workspace, post=post, gone=command.word, reason=reason)
        for post, entry in directory.posts(command.workspace)
        if command.word in entry.tags
    ]
    decided = decide_posts(feedback, command.workspace, asked, actor=actor)
    return Removed(saved, decided.changed, max(saved.position, decided.position))
