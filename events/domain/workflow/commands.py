"""What can be asked of a workflow, as plain data."""

from uuid import UUID

from typing_extensions import override

from events.domain.aggregates import Aggregates, Change, changed, created
from events.domain.commands import Command
from events.domain.originators import originator_of
from events.domain.workflow.events import Status
from events.domain.workflow.rules import Rules
from events.domain.workflow.workflow import Workflow, set_workflow


class SetWorkflow(Command[Workflow], frozen=True, kw_only=True, tag=True):
    """Have a workspace work by these statuses. What becomes of posts is up to `workflow.replacing.replace_workflow`."""

    statuses: tuple[Status, ...]
    initial: str
    closing: str | None = None
    reason: str = ""

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, Workflow.KIND, "")

    @property
    def rules(self) -> Rules:
        """The rules that it asks for."""
        return Rules(statuses=self.statuses, initial=self.initial, closing=self.closing)

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Workflow]:
        event = set_workflow(self.rules, reason=self.reason, at=at)
        workflow = aggregates.find(Workflow, "")
        if workflow is None:
            return created(Workflow.begin(self.subject, event), event)
        return changed(workflow, () if workflow.rules == self.rules else (event,))
