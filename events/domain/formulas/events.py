"""What happens to a workspace's own formula. It is internal: none of it is for the public."""

from typing import ClassVar

import msgspec

from events.domain.event import DomainEvent


class FormulaDefined(msgspec.Struct, frozen=True, kw_only=True):
    """There is a formula that ranks by this expression, which gives a number of this unit."""

    TYPE: ClassVar[str] = "groundswell.formula.defined.v1"
    formula: str
    expression: str
    meaning: str = ""
    unit: str = ""
    reason: str = ""
    internal: bool = True
    at: str


class FormulaRemoved(msgspec.Struct, frozen=True, kw_only=True):
    """There is no such formula any more."""

    TYPE: ClassVar[str] = "groundswell.formula.removed.v1"
    formula: str
    reason: str = ""
    internal: bool = True
    at: str


FormulaEvent = FormulaDefined | FormulaRemoved

EVENTS: tuple[type[DomainEvent], ...] = (FormulaDefined, FormulaRemoved)
