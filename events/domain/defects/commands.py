"""What can be asked of the defects of a post."""

from uuid import UUID

from typing_extensions import override

from events.domain.aggregates import Aggregates, Change, changed, created
from events.domain.bounds import check_id
from events.domain.commands import Command
from events.domain.defects.defects import Defects, link_defect
from events.domain.moments import not_before
from events.domain.originators import originator_of
from events.domain.post import Post
from events.domain.refusals import Invalid, NotFound


class DefectCommand(Command[Defects], frozen=True, kw_only=True, tag=True):
    """Something asked of a post's link to a post that says what is wrong with it."""

    post: str
    defect: str
    reason: str = ""

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, Defects.KIND, self.post)

    def _moment(self, defects: Defects, at: str) -> str:
        return not_before(defects.last(self.defect), at, asked=self.at is not None)


class LinkDefect(DefectCommand, frozen=True, kw_only=True, tag=True):
    """Have one post say what is wrong with another one. Both must be there."""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Defects]:
        check_id("defect", self.defect)
        if self.defect == self.post:
            raise Invalid("defect", "a post can't be a defect of itself")
        _known(aggregates, "post", self.post)
        found_at = _known(aggregates, "defect", self.defect).at
        defects = aggregates.find(Defects, self.post)
        if defects is None:
            event = link_defect(self.post, self.defect, found_at=found_at, reason=self.reason, at=at)
            return created(Defects.begin(self.subject, event), event)
        events = defects.link(self.defect, found_at=found_at, reason=self.reason, at=self._moment(defects, at))
        return changed(defects, events)


class UnlinkDefect(DefectCommand, frozen=True, kw_only=True, tag=True):
    """Have a post be no defect of another one after all."""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Defects]:
        defects = aggregates.find(Defects, self.post)
        if defects is None or self.defect not in defects.links:
            raise NotFound("defect", self.defect)
        return changed(defects, defects.unlink(self.defect, reason=self.reason, at=self._moment(defects, at)))


def _known(aggregates: Aggregates, kind: str, id: str) -> Post:
    post = aggregates.find(Post, id)
    if post is None or post.deleted:
        raise NotFound(kind, id)
    return post
