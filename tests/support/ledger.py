"""Commits by hand: a ledger in memory."""

from dataclasses import dataclass, field

from events.domain.event import DomainEvent
from events.domain.originators import originator_of
from events.domain.vocabulary import encode_state
from events.ledger.commit import Commit, CommitData, LedgerEvent, encode_commit
from events.log.batch import RecordBatch
from events.times import format_time

LEDGER_TOPIC = "groundswell.ledger"


@dataclass
class MemoryLedger:
    """One partition of the ledger. `began` is the append time of its first record; they grow by a second each."""

    began: int = 1_800_000_000_000
    values: list[bytes] = field(default_factory=list)

    def commit(
        self, kind: str, id: str, version: int, *events: DomainEvent, workspace: str = "acme", commit_id: str = ""
    ) -> "MemoryLedger":
        """Append a commit of events on one aggregate, the first at `version`; whether it counts is not asked."""
        originator = originator_of(workspace, kind, id)
        recorded = tuple(
            LedgerEvent.of(originator, version + index, event.TYPE, encode_state(event))
            for index, event in enumerate(events)
        )
        commit = Commit(
            id=commit_id or f"c{len(self.values)}",
            source=workspace,
            time=format_time(self.began),
            data=CommitData(actor="tester", events=recorded),
        )
        self.values.append(encode_commit(commit))
        return self

    def batch(self, start: int = 0) -> RecordBatch:
        count = len(self.values)
        return RecordBatch(
            LEDGER_TOPIC,
            0,
            start,
            count,
            list(range(start, count)),
            [self.began + 1000 * index for index in range(start, count)],
            [b"acme"] * (count - start),
            list(self.values[start:]),
        )
