"""Recording that somebody was forgotten. Whoever does it has put the tombstone on the log before."""

from uuid import UUID

from typing_extensions import override

from events.domain.aggregates import Aggregates, Change, changed, created
from events.domain.bounds import check_id
from events.domain.commands import Command
from events.domain.forgetting.events import CompanyForgotten, ForgetReason, PersonForgotten
from events.domain.forgetting.forgotten import ForgottenCompany, ForgottenPerson
from events.domain.originators import originator_of


class ForgetPerson(Command[ForgottenPerson], frozen=True, kw_only=True, tag=True):
    """Record that a person was forgotten, and why."""

    person: str
    reason: ForgetReason = "requested"

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, ForgottenPerson.KIND, self.person)

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[ForgottenPerson]:
        check_id("person", self.person)
        event = PersonForgotten(person=self.person, reason=self.reason, at=at)
        known = aggregates.find(ForgottenPerson, self.person)
        if known is not None:
            return changed(known, [event])
        return created(ForgottenPerson.begin(self.subject, event), event)


class ForgetCompany(Command[ForgottenCompany], frozen=True, kw_only=True, tag=True):
    """Record that a company was forgotten, and why."""

    company: str
    reason: ForgetReason = "requested"

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, ForgottenCompany.KIND, self.company)

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[ForgottenCompany]:
        check_id("company", self.company)
        event = CompanyForgotten(company=self.company, reason=self.reason, at=at)
        known = aggregates.find(ForgottenCompany, self.company)
        if known is not None:
            return changed(known, [event])
        return created(ForgottenCompany.begin(self.subject, event), event)
