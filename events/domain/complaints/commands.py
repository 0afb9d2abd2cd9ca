"""What can be asked of complaints."""

from uuid import UUID

from typing_extensions import override

from events.domain.aggregates import Aggregates, Change, changed, created
from events.domain.commands import Command
from events.domain.comments.comment import Comment
from events.domain.complaints.complaint import Complaint, mark_complaint
from events.domain.moments import not_before
from events.domain.originators import originator_of
from events.domain.refusals import NotFound


class ComplaintCommand(Command[Complaint], frozen=True, kw_only=True, tag=True):
    """Something asked of a comment as a complaint."""

    comment: str
    reason: str = ""

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, Complaint.KIND, self.comment)

    def _moment(self, complaint: Complaint, at: str) -> str:
        return not_before(complaint.at, at, asked=self.at is not None)


class MarkComplaint(ComplaintCommand, frozen=True, kw_only=True, tag=True):
    """Have a comment be a complaint about its post."""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Complaint]:
        comment = aggregates.find(Comment, self.comment)
        if comment is None or comment.deleted:
            raise NotFound("comment", self.comment)
        complaint = aggregates.find(Complaint, self.comment)
        if complaint is None:
            event = mark_complaint(self.comment, post=comment.post, said_at=comment.at, reason=self.reason, at=at)
            return created(Complaint.begin(self.subject, event), event)
        return changed(complaint, complaint.mark(reason=self.reason, at=self._moment(complaint, at)))


class UnmarkComplaint(ComplaintCommand, frozen=True, kw_only=True, tag=True):
    """Have a comment be no complaint after all."""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Complaint]:
        complaint = aggregates.find(Complaint, self.comment)
        if complaint is None:
            raise NotFound("complaint", self.comment)
        return changed(complaint, complaint.unmark(reason=self.reason, at=self._moment(complaint, at)))
