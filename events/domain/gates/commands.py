"""What can be asked of gates, and of the checks of posts."""

from uuid import UUID

from typing_extensions import override

from events.domain.aggregates import Aggregates, Change, changed, created
from events.domain.board import Board
from events.domain.commands import Command
from events.domain.gates.asking import noted
from events.domain.gates.checks import PostChecks
from events.domain.gates.events import Check, ChecksBegun
from events.domain.gates.gate import Gate, set_gate
from events.domain.moments import not_before
from events.domain.originators import originator_of
from events.domain.post import Post
from events.domain.refusals import Conflict, NotFound


class SetGate(Command[Gate], frozen=True, kw_only=True, tag=True):
    """Have a board ask these checks of its posts before they are shipped; none: no gate."""

    board: str
    checks: tuple[Check, ...]
    reason: str = ""

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, Gate.KIND, self.board)

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Gate]:
        if aggregates.find(Board, self.board) is None:
            raise NotFound("board", self.board)
        gate = aggregates.find(Gate, self.board)
        if gate is None:
            event = set_gate(self.board, self.checks, reason=self.reason, at=at)
            return created(Gate.begin(self.subject, event), event)
        moment = not_before(gate.touched, at, asked=self.at is not None)
        return changed(gate, gate.set(self.checks, reason=self.reason, at=moment))


class CheckCommand(Command[PostChecks], frozen=True, kw_only=True, tag=True):
    """Something asked of a check of a post."""

    post: str
    check: str

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, PostChecks.KIND, self.post)

    def _standing(self, aggregates: Aggregates) -> PostChecks | None:
        return aggregates.find(PostChecks, self.post)

    def _moment(self, standing: PostChecks | None, at: str) -> str:
        return not_before("" if standing is None else standing.last(self.check), at, asked=self.at is not None)


class PassCheck(CheckCommand, frozen=True, kw_only=True, tag=True):
    """Have a post pass a check of its board's gate. `by` says who says so; empty: who decides."""

    evidence: str
    by: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[PostChecks]:
        post = aggregates.find(Post, self.post)
        if post is None or post.deleted:
            raise NotFound("post", self.post)
        if post.merging.into is not None:
            raise Conflict("post", f"it was merged into {post.merging.into!r}, whose checks count: pass it there")
        gate = aggregates.find(Gate, post.board)
        if gate is None or self.check not in {check.check for check in gate.checks}:
            raise NotFound("check", self.check)
        standing = self._standing(aggregates)
        begun = standing or PostChecks.begin(self.subject, ChecksBegun(post=self.post, at=at))
        moment = self._moment(standing, at)
        events = begun.pass_check(self.check, by=self.by, evidence=self.evidence, at=moment)
        return noted(self.workspace, self.post, standing, events, moment)


class TakeCheckBack(CheckCommand, frozen=True, kw_only=True, tag=True):
    """Have a post not pass a check any more."""

    reason: str

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[PostChecks]:
        standing = self._standing(aggregates)
        if standing is None or self.check not in standing.marks:
            raise NotFound("check", self.check)
        events = standing.take_back(self.check, reason=self.reason, at=self._moment(standing, at))
        return changed(standing, events)
