"""What can be asked of a workspace's own formula."""

from uuid import UUID

from typing_extensions import override

from events.domain.aggregates import Aggregates, Change, changed, created
from events.domain.commands import Command
from events.domain.formulas.formula import Formula, define_formula
from events.domain.originators import originator_of
from events.domain.refusals import NotFound


class FormulaCommand(Command[Formula], frozen=True, kw_only=True, tag=True):
    """Something asked of a formula."""

    formula: str
    reason: str = ""

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, Formula.KIND, self.formula)


class PutFormula(FormulaCommand, frozen=True, kw_only=True, tag=True):
    """Have there be a formula that ranks by this expression.

    `unit` is what people call what it gives; empty for the unit that follows from the expression.
    """

    expression: str
    meaning: str = ""
    unit: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Formula]:
        event = define_formula(
            formula=self.formula, expression=self.expression, meaning=self.meaning, unit=self.unit,
            reason=self.reason, at=at,
        )  # fmt: skip
        formula = aggregates.find(Formula, self.formula)
        if formula is not None:
            return changed(formula, formula.define(event))
        return created(Formula.begin(self.subject, event), event)


class RemoveFormula(FormulaCommand, frozen=True, kw_only=True, tag=True):
    """Have there be no such formula."""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Formula]:
        formula = aggregates.find(Formula, self.formula)
        if formula is None:
            raise NotFound("formula", self.formula)
        return changed(formula, formula.remove(reason=self.reason, at=at))
