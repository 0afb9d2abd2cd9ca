"""What becomes of a post when a release with it is published: it moves to shipped, or it is said why not."""

from collections.abc import Sequence

from events.domain.aggregates import Aggregates
from events.domain.bounds import REASON_CHARACTERS
from events.domain.post import Post
from events.domain.posts.statuses import change_status
from events.domain.refusals import Conflict
from events.domain.releases.release import Release
from events.domain.vocabulary import PostEvent
from events.domain.workflow.rules import Rules

_LONGEST_WAY = 1000


def ship(post: Post, rules: Rules, release: Release, *, at: str) -> Sequence[PostEvent]:
    """Have a post a status of the kind shipped, if it has none.

    Raises:
        Conflict: if it can't, with the reason.
    """
    if post.kind == "shipped":
        return ()
    shipped = rules.of_kind("shipped")
    if not shipped:
        raise Conflict("post", "no status of the workflow is of the kind shipped")
    allowed = rules.may_follow(post.status)
    status = next((status for status in shipped if status in allowed), shipped[0])
    note = f"Released: {release.title}"[:REASON_CHARACTERS]
    return change_status(post, rules, status, note=note, reason=f"release {release.release} was published", at=at)


def shipped_post(aggregates: Aggregates, post: str) -> Post:
    """The post that stands for this one: itself, or the one that it was merged into.

    Raises:
        Conflict: if there is none, with the reason.
    """
    found = aggregates.find(Post, post)
    for _ in range(_LONGEST_WAY):
        if found is None or found.merging.into is None:
            break
        found = aggregates.find(Post, found.merging.into)
    if found is None:
        raise Conflict("post", "there is no such post")
    if found.deleted:
        raise Conflict("post", "it was deleted" if found.post == post else f"{found.post!r}, its merge, was deleted")
    return found
