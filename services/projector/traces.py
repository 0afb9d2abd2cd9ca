"""From the request to the row: a span for each traced record, from its being fed until its rows are in the view.

Nothing of this does anything where tracing is off: records then carry no `traceparent` that anybody read.
"""

import threading
import time
from collections.abc import Mapping, Sequence

from events import tracing
from events.log.batch import RecordBatch
from events.position import Partition
from services.projector.ports import Progress

MOST_UNDER_WAY = 100_000
"""Of more records than this at once the traces end at the log: the view is away, and memory must stay flat."""

Fed = tuple[bytes, int]


class Traces:
    """What was fed and is not in the view yet, by generation and partition. Any thread may call."""

    def __init__(self) -> None:
        self._under_way: dict[tuple[str, int, Partition], dict[int, Fed]] = {}
        self._count = 0
        self._lock = threading.Lock()

    def fed(self, projection: str, generation: int, batch: RecordBatch, folded: int | None) -> None:
        """These records are about to be folded: those of them that were not (`folded` is the next offset)."""
        if not batch.traceparents:
            return
        now = time.time_ns()
        found: Mapping[int, Fed] = {
            offset: (parent, now)
            for offset, parent in batch.traceparents.items()
            if folded is not None and offset >= folded
        }
        with self._lock:
            if self._count + len(found) > MOST_UNDER_WAY:
                return
            place = self._under_way.setdefault((projection, generation, Partition(batch.topic, batch.partition)), {})
            before = len(place)
            place.update(found)
            self._count += len(place) - before

    def in_view(self, projection: str, generation: int, progress: Sequence[Progress]) -> None:
        """The rows of everything before these positions are in the view: end the spans of these records."""
        if not self._count:
            return
        now = time.time_ns()
        for item in progress:
            for offset, (parent, began) in self._taken(projection, generation, item):
                attributes: Mapping[str, tracing.Attribute] = {
                    "groundswell.projection": projection,
                    "groundswell.generation": generation,
                    "messaging.destination.name": item.partition.topic,
                    "messaging.destination.partition.id": str(item.partition.partition),
                    "messaging.kafka.offset": offset,
                }
                tracing.past_span(f"fold {projection}", "consumer", attributes, parent=parent, began=began, ended=now)

    def _taken(self, projection: str, generation: int, progress: Progress) -> list[tuple[int, Fed]]:
        with self._lock:
            place = self._under_way.get((projection, generation, progress.partition))
            if not place:
                return []
            taken = [(offset, fed) for offset, fed in place.items() if offset < progress.next_offset]
            for offset, _ in taken:
                del place[offset]
            self._count -= len(taken)
            return taken


TRACES = Traces()
