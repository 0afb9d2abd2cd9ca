"""A workspace that is decided on in memory: every aggregate of every commit, and the ledger of all of it."""

from collections.abc import Callable
from typing import NamedTuple

from events.domain.aggregates import A, Aggregate, Change, Recorded
from events.domain.commands import Command
from events.domain.event import DomainEvent
from events.domain.vocabulary import encode_state
from events.ledger.commit import Commit, CommitData, LedgerEvent, encode_commit
from events.times import Millis, format_time, parse_time
from tests.support.ledger import MemoryLedger
from tests.support.world import WORKSPACE, World


class Told(NamedTuple):
    """An event in its place: when it happened and was recorded, and its aggregate, at `revision`, after it."""

    at: Millis
    recorded: Millis
    revision: int
    event: DomainEvent
    after: Aggregate


class Decided(World):
    """Commands are carried out one after another, each at the append time of its record, a second apart."""

    def __init__(self, workspace: str = WORKSPACE, ledger: MemoryLedger | None = None) -> None:
        super().__init__(workspace)
        self.ledger = MemoryLedger() if ledger is None else ledger
        self.told: list[Told] = []

    @property
    def now(self) -> Millis:
        """The append time of the next record."""
        return self.ledger.began + 1000 * len(self.ledger.values)

    def do(self, command: Command[A], at: str | None = None, *, actor: str = "tester") -> Change[A]:
        """Carry a command out and record what it decides; raises as `Command.change` does."""
        change = super().do(command, at or format_time(self.now))
        if change.events:
            self._append(change, actor)
        return change

    def said(self, command: Callable[..., Command[A]], /, at: str | None = None, **what: object) -> Change[A]:
        """Carry out a command of this workspace with these fields."""
        return self.do(command(workspace=self.workspace, at=at, **what))

    def _append(self, change: Change[A], actor: str = "tester", version: int | None = None) -> None:
        """Append a change's events; as if they were of this version, where one is given."""
        events = tuple(
            LedgerEvent.of(
                each.originator_id, version or each.originator_version, each.event.TYPE, encode_state(each.event)
            )
            for each in change.events
        )
        commit = Commit(
            id=f"c{len(self.ledger.values)}", source=self.workspace, time=format_time(self.now),
            data=CommitData(actor=actor, events=events),
        )  # fmt: skip
        self.ledger.values.append(encode_commit(commit))

    def _evolve(self, recorded: Recorded) -> Aggregate:
        after, event = super()._evolve(recorded), recorded.event
        self.told.append(Told(parse_time(event.at), self.now, recorded.originator_version, event, after))
        return after
