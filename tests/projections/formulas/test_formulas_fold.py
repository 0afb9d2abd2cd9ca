"""The fold of formulas: as they are, after each decision, and what can't follow."""

from events.domain.formulas.events import FormulaDefined, FormulaRemoved
from events.times import format_time
from projections.formulas.fold import FormulasFold
from tests.support.ledger import MemoryLedger

T = 1_800_000_000_000


class Nothing:
    """The state of a fold that begins."""

    def __call__(self, keys: list[bytes]) -> list[None]:
        return [None] * len(keys)

    def scan(self, prefix: bytes) -> list[tuple[bytes, bytes]]:
        return []


def defined(expression: str, at: int) -> FormulaDefined:
    return FormulaDefined(formula="pain", expression=expression, unit="votes", reason="why", at=format_time(at))


def test_each_decision_is_a_row_of_the_history_and_the_last_one_stands() -> None:
    ledger = MemoryLedger(began=T)
    ledger.commit("formula", "pain", 1, defined("up", T))
    ledger.commit("formula", "pain", 2, defined("up * 2", T + 1))
    ledger.commit("formula", "pain", 3, FormulaRemoved(formula="pain", at=format_time(T + 2)))
    fold = FormulasFold()
    assert fold.apply(ledger.batch(), Nothing()) == []
    rows = fold.seal().rows
    history = [(row[9], row[2], row[5], row[6], row[7], row[11]) for row in rows["formula_history"]]
    assert history == [
        (1, "up", False, T, T, "why"),
        (2, "up * 2", False, T, T + 1, "why"),
        (3, "up * 2", True, T, T + 2, ""),
    ]
    assert rows["formulas"] == [rows["formula_history"][-1]]


def test_what_was_never_defined_can_not_be_removed() -> None:
    ledger = MemoryLedger(began=T)
    ledger.commit("formula", "pain", 1, FormulaRemoved(formula="pain", at=format_time(T)))
    fold = FormulasFold()
    (rejected,) = fold.apply(ledger.batch(), Nothing())
    assert "never defined" in rejected.reason
