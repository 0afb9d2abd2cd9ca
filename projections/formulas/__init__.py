"""A workspace's own ranking formulas, as they are and as they were. Folded from the ledger."""

from collections.abc import Sequence

from events.log.topics import LEDGER, TopicSpec
from events.position import Partition
from projections.clickhouse.schema import StableView
from projections.formulas.fold import FormulasFold
from projections.formulas.tables import FORMULA_HISTORY, FORMULAS, VIEWS
from projections.table import Derived, Table


class FormulasProjection:
    """The projection `formulas`."""

    name = "formulas"
    code = 1
    topics: Sequence[TopicSpec] = (LEDGER,)
    tables: Sequence[Table] = (FORMULAS, FORMULA_HISTORY)
    derived: Sequence[Derived] = ()
    views: Sequence[StableView] = VIEWS

    def fold(self, partition: Partition, partitions: int) -> FormulasFold:
        """A fresh fold of one partition."""
        return FormulasFold()
