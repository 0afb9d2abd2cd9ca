"""Which tags a post has."""

from collections.abc import Sequence

from events.domain.bounds import REASON_CHARACTERS, check_id, check_text
from events.domain.post import Post
from events.domain.posts.events import PostTagged
from events.domain.refusals import Invalid
from events.domain.vocabulary import PostEvent

MOST_TAGS = 50


def tag(post: Post, tags: Sequence[str], *, reason: str, at: str) -> Sequence[PostEvent]:
    """Have a post exactly these tags, in order of their ids. Those that it has are no event."""
    check_text("reason", reason, most=REASON_CHARACTERS)
    for each in tags:
        check_id("tags", each)
    wanted = tuple(sorted(set(tags)))
    if len(wanted) > MOST_TAGS:
        raise Invalid("tags", f"a post may have {MOST_TAGS} at most")
    return () if wanted == post.tags else (PostTagged(post=post.post, tags=wanted, reason=reason, at=at),)
