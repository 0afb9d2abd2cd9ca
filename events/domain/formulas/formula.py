"""A workspace's own formula: an expression in the grammar, and what it means."""

from collections.abc import Sequence
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from events.domain.bounds import NAME_CHARACTERS, REASON_CHARACTERS, check_id, check_line, check_text
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.formulas.builtin import SAVIO, built_in
from events.domain.formulas.checking import check
from events.domain.formulas.events import FormulaDefined, FormulaEvent, FormulaRemoved
from events.domain.formulas.mistakes import Mistake
from events.domain.refusals import Invalid

MEANING_CHARACTERS = 500


class Formula(msgspec.Struct, frozen=True, kw_only=True):
    """A formula as it stands; a removed one may be defined again. `at` is when it was defined first."""

    KIND: ClassVar[str] = "formula"
    FIRST: ClassVar[type[DomainEvent]] = FormulaDefined

    id: UUID
    version: int
    formula: str
    expression: str
    meaning: str
    unit: str
    at: str
    removed: bool = False

    @classmethod
    def begin(cls, id: UUID, event: FormulaDefined) -> Self:
        """The formula that this event defined."""
        return cls(
            id=id, version=1, formula=event.formula, expression=event.expression, meaning=event.meaning,
            unit=event.unit, at=event.at,
        )  # fmt: skip

    def evolve(self, event: DomainEvent) -> "Formula":
        """The formula after this event."""
        replace, version = msgspec.structs.replace, self.version + 1
        match event:
            case FormulaDefined():
                return replace(
                    self, version=version, expression=event.expression, meaning=event.meaning, unit=event.unit,
                    removed=False,
                )  # fmt: skip
            case FormulaRemoved():
                return replace(self, version=version, removed=True)
            case _:
                raise NotItsEvent(f"formula {self.formula!r}", event)

    def define(self, event: FormulaDefined) -> Sequence[FormulaEvent]:
        """Have it be so. What is so already is no event."""
        same = (event.expression, event.meaning, event.unit) == (self.expression, self.meaning, self.unit)
        return () if same and not self.removed else (event,)

    def remove(self, *, reason: str, at: str) -> Sequence[FormulaEvent]:
        """Have there be no such formula. That there is none is no event."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        return () if self.removed else (FormulaRemoved(formula=self.formula, reason=reason, at=at),)


def define_formula(*, formula: str, expression: str, meaning: str, unit: str, reason: str, at: str) -> FormulaDefined:
    """What defines a formula so, whether it is there or not. Without a unit it is the one that its expression gives.

    Raises:
        Invalid: naming the field; for an expression that is none with the place of the mistake.
    """
    check_id("formula", formula)
    if built_in(formula) is not None or formula == SAVIO:
        raise Invalid("formula", f"{formula} is built in: choose another id")
    check_line("meaning", meaning, most=MEANING_CHARACTERS)
    check_line("unit", unit, most=NAME_CHARACTERS)
    check_text("reason", reason, most=REASON_CHARACTERS)
    try:
        checked = check(expression)
    except Mistake as mistake:
        raise Invalid("expression", str(mistake)) from mistake
    return FormulaDefined(
        formula=formula, expression=expression, meaning=meaning, unit=unit or str(checked.unit), reason=reason, at=at
    )
