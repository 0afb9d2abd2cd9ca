"""Which post counts for another one: itself, or the one that it was merged into in the end."""

from collections.abc import Collection

from events.domain.aggregates import Aggregates
from events.domain.post import Post
from events.domain.refusals import NotFound


def root_of(aggregates: Aggregates, post: Post) -> Post:
    """The post that its votes count for in the end: itself where it is not merged."""
    while post.merging.into is not None:
        post = find(aggregates, post.merging.into)
    return post


def shown_below(aggregates: Aggregates, post: Post) -> Collection[str]:
    """The posts that were merged into this one, directly or by way of others, and are not deleted."""
    below = [find(aggregates, id) for id in post.merging.absorbed]
    for each in below:  # grows meanwhile
        below += [find(aggregates, id) for id in each.merging.absorbed]
    return {each.post for each in below if not each.deleted}


def find(aggregates: Aggregates, id: str) -> Post:
    """A post that another one speaks of, deleted or not."""
    post = aggregates.find(Post, id)
    if post is None:
        raise NotFound("post", id)  # the other one is known here already, and this one in a moment
    return post
