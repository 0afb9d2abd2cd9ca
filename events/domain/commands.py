"""What can be asked for, as plain data, and what each comes to. Pure: how things stand goes in, a change comes out.

`at` is when it happened at the client, RFC 3339 in UTC with milliseconds; None means now.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Generic
from uuid import UUID

import msgspec
from typing_extensions import override

from events.domain.aggregates import A, Aggregates, Change, changed, created
from events.domain.board import Board, create_board
from events.domain.gates.asking import Passage, gated
from events.domain.keys import Role
from events.domain.originators import originator_of
from events.domain.post import Post, submit_post
from events.domain.posts.statuses import close, reopen
from events.domain.refusals import Conflict, NotFound
from events.domain.vocabulary import PostEvent, WorkspaceOpened
from events.domain.workflow.rules import DEFAULT, Rules
from events.domain.workflow.workflow import Workflow
from events.domain.workspace import Workspace, create_key


class Command(msgspec.Struct, Generic[A], frozen=True, kw_only=True, tag=True):
    """Something asked of one aggregate of a workspace."""

    workspace: str
    at: str | None = None

    @property
    @abstractmethod
    def subject(self) -> UUID:
        """The aggregate that it is asked of."""

    @abstractmethod
    def change(self, aggregates: Aggregates, at: str) -> Change[A]:
        """What it comes to, decided at `at`.

        Raises:
            Refusal: if it can't be done.
        """


class CreateKey(Command[Workspace], frozen=True, kw_only=True, tag=True):
    """Give out a key; opens the workspace if it is new."""

    key: str
    role: Role
    hash: str
    label: str = ""
    internal: bool = False

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, "workspace", "")

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Workspace]:
        event = create_key(
            key=self.key, role=self.role, hash=self.hash, label=self.label, internal=self.internal, at=at
        )
        workspace = aggregates.find(Workspace, "")
        if workspace is not None:
            return changed(workspace, [event])
        opened = WorkspaceOpened(at=at)
        return created(Workspace.begin(self.subject, opened), opened, event)


class RevokeKey(Command[Workspace], frozen=True, kw_only=True, tag=True):
    """Let a key open nothing any more."""

    key: str
    reason: str = ""

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, "workspace", "")

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Workspace]:
        workspace = aggregates.find(Workspace, "")
        if workspace is None:
            raise NotFound("key", self.key)
        return changed(workspace, workspace.revoke_key(key=self.key, reason=self.reason, at=at))


class PutBoard(Command[Board], frozen=True, kw_only=True, tag=True):
    """Have there be a board of this name: create it or rename it."""

    board: str
    name: str

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, "board", self.board)

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Board]:
        board = aggregates.find(Board, self.board)
        if board is not None:
            return changed(board, board.rename(name=self.name, at=at))
        event = create_board(board=self.board, name=self.name, at=at)
        return created(Board.begin(self.subject, event), event)


class PostCommand(Command[Post], frozen=True, kw_only=True, tag=True):
    """Something asked of a post."""

    post: str

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, "post", self.post)

    def _known(self, aggregates: Aggregates) -> Post:
        post = aggregates.find(Post, self.post)
        if post is None or post.deleted:
            raise NotFound("post", self.post)
        return post

    def _moment(self, post: Post, at: str) -> str:
        """When it is decided: never before what was decided earlier, whatever the clocks say; unless it was asked for.

        So what stands now is also what stands as of now.
        """
        return at if self.at is not None else max(at, post.touched)


class PutPost(PostCommand, frozen=True, kw_only=True, tag=True):
    """Have there be a post that says this, on this board: create it or edit and move it.

    A body or author of None leaves an existing post's as it is.
    """

    board: str
    title: str
    body: str | None = None
    author: str | None = None
    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Post]:
        words = {"board": self.board, "title": self.title, "body": self.body, "author": self.author}
        post = aggregates.find(Post, self.post)
        if post is None:
            first = rules_of(aggregates).first
            event = submit_post(post=self.post, **words, status=first.id, kind=first.kind, at=at)  # type: ignore[arg-type]  # as edit below
            self._check_board(aggregates)
            return created(Post.begin(self.subject, event), event)
        if post.deleted:
            raise Conflict("post", f"post {self.post!r} was deleted: restore it, or choose another id")
        events = post.edit(**words, reason=self.reason, at=self._moment(post, at))  # type: ignore[arg-type]  # board and title are no None
        if self.board != post.board:
            self._check_board(aggregates)
        return changed(post, events)

    def _check_board(self, aggregates: Aggregates) -> None:
        if aggregates.find(Board, self.board) is None:
            raise NotFound("board", self.board)


class ImportPost(PutPost, frozen=True, kw_only=True, tag=True):
    """The same from another system, together with what it says of duplicates and of the end of the post."""

    duplicate_of: str | None = None
    duplicate_at: str | None = None
    closed: str | None = None
    closed_at: str | None = None

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Post]:
        put = PutPost.change(self, aggregates, at)
        post, further = put.aggregate, list[PostEvent]()
        if self.duplicate_of is not None:
            further += post.note_duplicate(duplicate_of=self.duplicate_of, at=self.duplicate_at or at)
        if self.closed is not None:
            rules = rules_of(aggregates)
            further += close(post, rules, reason=self.closed, by_rules=False, at=self.closed_at or at)
        after = changed(post, further)
        return Change(after.aggregate, (*put.events, *after.events), created=put.created)


class ClosePost(PostCommand, frozen=True, kw_only=True, tag=True):
    """Have a post the status that its workspace closes posts with."""

    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Post]:
        post = self._known(aggregates)
        at = self._moment(post, at)
        change = changed(post, close(post, rules_of(aggregates), reason=self.reason, at=at))
        return gated(aggregates, post, change, Passage(self.workspace, at))


class ReopenPost(PostCommand, frozen=True, kw_only=True, tag=True):
    """Have a closed post the status again that it had before."""

    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Post]:
        post = self._known(aggregates)
        at = self._moment(post, at)
        change = changed(post, reopen(post, rules_of(aggregates), reason=self.reason, at=at))
        return gated(aggregates, post, change, Passage(self.workspace, at))


class NoteDuplicate(PostCommand, frozen=True, kw_only=True, tag=True):
    """Link a post to the one that it repeats; both must be there."""

    duplicate_of: str

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Post]:
        post = self._known(aggregates)
        events: Sequence[PostEvent] = post.note_duplicate(duplicate_of=self.duplicate_of, at=self._moment(post, at))
        if aggregates.find(Post, self.duplicate_of) is None:
            raise NotFound("post", self.duplicate_of)
        return changed(post, events)


def rules_of(aggregates: Aggregates) -> Rules:
    """What a workspace's posts go through: as it decided, or by default."""
    workflow = aggregates.find(Workflow, "")
    return DEFAULT if workflow is None else workflow.rules
