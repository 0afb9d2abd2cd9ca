"""The fold of the ledger into formulas: as they are now, and after each decision."""

from typing import ClassVar, cast

import msgspec

from events.domain.formulas.events import FormulaDefined, FormulaEvent
from events.times import Millis, parse_time
from projections.decisions import Decision, DecisionsFold, Kept, OutOfPlace
from projections.formulas.tables import FORMULA_HISTORY, FORMULAS


class FormulaState(msgspec.Struct, array_like=True, frozen=True):
    """A formula as it stands."""

    expression: str
    meaning: str
    unit: str
    created: Millis
    removed: bool = False


class FormulasFold(DecisionsFold):
    """One partition of the ledger. State keys begin with a (admission) or f (formulas)."""

    SUBJECTS: ClassVar = frozenset({"formula"})

    def __init__(self) -> None:
        self._formulas = Kept("f", FormulaState)
        super().__init__(self._formulas)

    def fold(self, decision: Decision) -> None:
        """See `DecisionsFold`."""
        event = cast("FormulaEvent", decision.event)
        key = (decision.workspace, event.formula)
        state = _evolve(self._formulas.get(*key), event)
        self._formulas.put(state, *key)
        row = (
            *key, state.expression, state.meaning, state.unit, state.removed, state.created, parse_time(event.at),
            decision.recorded, decision.revision, decision.actor, event.reason, decision.offset,
        )  # fmt: skip
        self.rows.state(FORMULAS.name, key, row)
        self.rows.state(FORMULA_HISTORY.name, (*key, decision.revision), row)


def _evolve(state: FormulaState | None, event: FormulaEvent) -> FormulaState:
    if isinstance(event, FormulaDefined):
        created = parse_time(event.at) if state is None else state.created
        return FormulaState(event.expression, event.meaning, event.unit, created)
    if state is None:
        raise OutOfPlace(f"formula {event.formula!r} was never defined")
    return msgspec.structs.replace(state, removed=True)
