"""Merging a post into another one, and taking that back."""

from typing_extensions import override

from events.domain.aggregates import Aggregates, Change, changed
from events.domain.bounds import REASON_CHARACTERS, check_id, check_text
from events.domain.commands import PostCommand, rules_of
from events.domain.merging.events import PostAbsorbed, PostMerged, PostReleased, PostUnmerged
from events.domain.merging.roots import find, root_of
from events.domain.post import Post
from events.domain.refusals import Conflict, Invalid, NotFound

MOST_ABSORBED = 1000
"""How many posts may be merged into one by name; those merged into them are not counted."""


class MergePost(PostCommand, frozen=True, kw_only=True, tag=True):
    """Have votes on a post count for another one. Where it is merged into that one already, nothing changes.

    The other one may be merged itself: then they count for its root. One commit writes all three posts, so what is
    decided about them at once is decided one after the other.
    """

    into: str
    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Post]:
        check_id("into", self.into)
        check_text("reason", self.reason, most=REASON_CHARACTERS)
        if self.into == self.post:
            raise Invalid("into", "a post can't be merged into itself")
        post = self._known(aggregates)
        if post.merging.into == self.into:
            return changed(post, ())
        if post.merging.into is not None:
            raise Conflict("post", f"post {self.post!r} is merged into {post.merging.into!r}: unmerge it first")
        target = aggregates.find(Post, self.into)
        if target is None or target.deleted:
            raise NotFound("post", self.into)
        root = root_of(aggregates, target)
        if root.post == self.post:
            raise Conflict("into", f"post {self.into!r} is merged into {self.post!r} itself: that would be a circle")
        _check_takes(aggregates, root)
        if len(target.merging.absorbed) >= MOST_ABSORBED:
            raise Conflict("into", f"{MOST_ABSORBED} posts are merged into {self.into!r} already: that is the most")
        at = self._together_at(at, post, target, root)
        merged = changed(post, [PostMerged(post=self.post, into=self.into, reason=self.reason, at=at)])
        absorbed = changed(target, [PostAbsorbed(post=target.post, merged=self.post, at=at)])
        if root.post == target.post:
            return merged.together_with(absorbed)
        through = PostAbsorbed(post=root.post, merged=self.post, through=target.post, at=at)
        return merged.together_with(absorbed, changed(root, [through]))

    def _together_at(self, at: str, *posts: Post) -> str:
        at = together_at(self, at, *posts)
        begun = max(post.at for post in posts)
        if at < begun:
            raise Invalid("at", f"must not lie before {begun}, when the later one of these posts was submitted")
        return at


class UnmergePost(PostCommand, frozen=True, kw_only=True, tag=True):
    """Have a post stand for itself again. One that does already stays as it is."""

    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Post]:
        check_text("reason", self.reason, most=REASON_CHARACTERS)
        post = self._known(aggregates)
        into = post.merging.into
        if into is None:
            return changed(post, ())
        target = find(aggregates, into)
        root = root_of(aggregates, target)
        at = together_at(self, at, post, target, root)
        unmerged = changed(post, [PostUnmerged(post=self.post, into=into, reason=self.reason, at=at)])
        released = changed(target, [PostReleased(post=into, released=self.post, at=at)])
        if root.post == target.post:
            return unmerged.together_with(released)
        through = PostReleased(post=root.post, released=self.post, through=into, at=at)
        return unmerged.together_with(released, changed(root, [through]))


def together_at(command: PostCommand, at: str, *posts: Post) -> str:
    """When it is decided: not before any of their groups last changed.

    So at no past moment is there a circle, and what stands now is what stands as of now.

    Raises:
        Invalid: if an earlier moment was asked for.
    """
    last = max(post.merging.at for post in posts)
    if command.at is None:
        return max(at, last, posts[0].touched)
    if at < last:
        raise Invalid("at", f"must not lie before {last}, when one of these posts was last merged or unmerged")
    return at


def _check_takes(aggregates: Aggregates, root: Post) -> None:
    status = rules_of(aggregates).by_id.get(root.status)
    if root.deleted:
        raise Conflict("into", f"post {root.post!r}, which would count the votes, is deleted")
    if root.archived:
        raise Conflict("into", f"post {root.post!r}, which would count the votes, is archived")
    if root.closed is not None or (status is not None and not status.votes):
        raise Conflict("into", f"post {root.post!r}, which would count the votes, takes none: it is {root.status}")
