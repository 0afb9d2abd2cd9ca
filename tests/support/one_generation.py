"""Views of projections that have one generation each, and never another: what a test without ClickHouse needs."""

from collections.abc import Mapping, Sequence

from events.position import Partition
from projections.clickhouse.barrier_log import Barrier
from projections.fold import Projection
from projections.generations import Generation, State
from services.projector.ports import View


class OneGeneration:
    """See `services.projector.ports.Views`."""

    def __init__(self, view: View, projections: Sequence[Projection]) -> None:
        self._view = view
        self._projections = projections

    def view(self, projection: Projection, generation: int) -> View:
        return self._view

    def generations(self) -> Sequence[Generation]:
        return [
            Generation(
                projection=each.name, generation=1, state=State.LIVE, code=each.code, tables=(), views={}, started_at=0
            )
            for each in self._projections
        ]

    def barriers(self) -> Sequence[Barrier]:
        return ()

    def look(self) -> tuple[Sequence[Generation], Sequence[Barrier]]:
        return self.generations(), self.barriers()

    def acknowledge(self, barrier: Barrier, generation: int, standing: Mapping[Partition, int]) -> None:
        raise AssertionError("nobody asked")
