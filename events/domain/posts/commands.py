"""What can be asked of a post beyond its words, as plain data."""

from collections.abc import Mapping

import typing_extensions
from typing_extensions import override

from events.domain.aggregates import Aggregates, Change, changed
from events.domain.board import Board
from events.domain.bounds import REASON_CHARACTERS, check_id, check_text
from events.domain.commands import PostCommand, rules_of
from events.domain.fields.field import Field, field_key
from events.domain.fields.values import check_value
from events.domain.gates.asking import Passage, gated
from events.domain.merging.roots import root_of, shown_below
from events.domain.post import Post
from events.domain.posts.events import FieldValue, PostFieldsSet
from events.domain.posts.marks import archive, delete, pin
from events.domain.posts.statuses import change_status
from events.domain.posts.tagging import tag
from events.domain.refusals import Conflict, Invalid, NotFound
from events.domain.tags.tag import Tag

MOST_FIELDS = 100
_NAMED = 3


class ChangeStatus(PostCommand, frozen=True, kw_only=True, tag=True):
    """Have a post another status of its workspace's workflow. `note` is for everybody, `reason` is not.

    With `override` also one of the kind shipped while its board's gate is open; then there must be a reason.
    """

    status: str
    note: str = ""
    reason: str = ""
    override: bool = False

    @typing_extensions.override
    def change(self, aggregates: Aggregates, at: str) -> Change[Post]:
        post, rules = self._known(aggregates), rules_of(aggregates)
        at = self._moment(post, at)
        change = changed(post, change_status(post, rules, self.status, note=self.note, reason=self.reason, at=at))
        return gated(aggregates, post, change, Passage(self.workspace, at, self.override, self.reason))


class MovePost(PostCommand, frozen=True, kw_only=True, tag=True):
    """Have a post on another board."""

    board: str
    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Post]:
        post = self._known(aggregates)
        events = post.move(board=self.board, reason=self.reason, at=self._moment(post, at))
        if aggregates.find(Board, self.board) is None:
            raise NotFound("board", self.board)
        return changed(post, events)


class ArchivePost(PostCommand, frozen=True, kw_only=True, tag=True):
    """Take a post out of lists and rankings, or put it back."""

    archived: bool = True
    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Post]:
        post = self._known(aggregates)
        at = self._moment(post, at)
        return changed(post, archive(post, archived=self.archived, reason=self.reason, at=at))


class PinPost(PostCommand, frozen=True, kw_only=True, tag=True):
    """Have a post come first where pinned ones do, or no longer."""

    pinned: bool = True
    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Post]:
        post = self._known(aggregates)
        return changed(post, pin(post, pinned=self.pinned, reason=self.reason, at=self._moment(post, at)))


class DeletePost(PostCommand, frozen=True, kw_only=True, tag=True):
    """Hide a post everywhere, or bring it back. One that others were merged into would hide those with it."""

    deleted: bool = True
    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Post]:
        post = self._known(aggregates) if self.deleted else _even_deleted(self, aggregates)
        if self.deleted:
            _check_hides_no_other(aggregates, post)
        elif (root := root_of(aggregates, post)) is not post and root.deleted:
            raise Conflict("post", f"it is merged into {root.post!r}, which is deleted: restore that one first")
        at = self._moment(post, at)
        return changed(post, delete(post, deleted=self.deleted, reason=self.reason, at=at))


class TagPost(PostCommand, frozen=True, kw_only=True, tag=True):
    """Have a post exactly these tags; each must be there, unless the post has it already."""

    tags: tuple[str, ...]
    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Post]:
        post = self._known(aggregates)
        events = tag(post, self.tags, reason=self.reason, at=self._moment(post, at))
        for each in self.tags:
            known = aggregates.find(Tag, each)
            if (known is None or known.removed) and each not in post.tags:
                raise Invalid("tags", f"there is no tag {each!r}: put it first")
        return changed(post, events)


class SetFields(PostCommand, frozen=True, kw_only=True, tag=True):
    """Have custom fields of a post's board these values, None for no value; the others stay."""

    fields: Mapping[str, FieldValue | None]
    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Post]:
        post = self._known(aggregates)
        check_text("reason", self.reason, most=REASON_CHARACTERS)
        if len(self.fields) > MOST_FIELDS:
            raise Invalid("fields", f"may be {MOST_FIELDS} at most")
        for field, value in self.fields.items():
            self._check(aggregates, post, field, value)
        values = {field: value for field, value in self.fields.items() if _differs(post.fields.get(field), value)}
        if not values:
            return changed(post, ())
        event = PostFieldsSet(post=self.post, values=values, reason=self.reason, at=self._moment(post, at))
        return changed(post, [event])

    def _check(self, aggregates: Aggregates, post: Post, field: str, value: FieldValue | None) -> None:
        where = f"fields.{field[:64]}"
        check_id(where, field)
        if value is None and field in post.fields:
            return
        known = aggregates.find(Field, field_key(post.board, field))
        if known is None or known.removed:
            raise Invalid(where, f"board {post.board!r} has no such field")
        if value is not None:
            check_value(where, known, value)


class ReplaceStatus(PostCommand, frozen=True, kw_only=True, tag=True):
    """Have a post of a status that its workflow has no longer another one. Any other post stays as it is."""

    gone: str
    status: str
    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Post]:
        post = _even_deleted(self, aggregates)
        if post.status != self.gone:
            return changed(post, ())
        rules, at = rules_of(aggregates), self._moment(post, at)
        return changed(post, change_status(post, rules, self.status, reason=self.reason, by_rules=False, at=at))


class UntagPost(PostCommand, frozen=True, kw_only=True, tag=True):
    """Take a tag off a post, where it has it."""

    gone: str
    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Post]:
        post = _even_deleted(self, aggregates)
        kept = [each for each in post.tags if each != self.gone]
        return changed(post, tag(post, kept, reason=self.reason, at=self._moment(post, at)))


def _even_deleted(command: PostCommand, aggregates: Aggregates) -> Post:
    post = aggregates.find(Post, command.post)
    if post is None:
        raise NotFound("post", command.post)
    return post


def _differs(present: FieldValue | None, wanted: FieldValue | None) -> bool:
    return type(present) is not type(wanted) or present != wanted


def _check_hides_no_other(aggregates: Aggregates, post: Post) -> None:
    """Refuse to delete a root that counts the votes of posts which are not deleted."""
    if post.merging.into is not None:
        return
    shown = sorted(shown_below(aggregates, post))
    if shown:
        named = ", ".join(map(repr, shown[:_NAMED])) + (
            f" and {len(shown) - _NAMED} more" if len(shown) > _NAMED else ""
        )
        raise Conflict(
            "post", f"{named} would be hidden with it, merged into it as they are: unmerge or delete them first"
        )
