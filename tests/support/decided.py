"""A workspace that is decided on in memory: every aggregate of every commit, and the ledger of all of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, cast
from uuid import UUID

from events.domain.aggregates import A, Aggregate, Change, begin
from events.domain.commands import Command
from events.domain.event import DomainEvent
from events.domain.originators import originator_of
from events.domain.vocabulary import encode_state
from events.ledger.commit import Commit, CommitData, LedgerEvent, encode_commit
from events.times import Millis, format_time, parse_time
from tests.support.ledger import MemoryLedger

WORKSPACE = "acme"


class Told(NamedTuple):
    """An event in its place: when it happened, when it was recorded, as which version of its aggregate."""

    at: Millis
    recorded: Millis
    revision: int
    event: DomainEvent


@dataclass
class Decided:
    """Commands are carried out one after another, each at the append time of its record, a second apart."""

    workspace: str = WORKSPACE
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    there: dict[UUID, Aggregate] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)

    @property
    def now(self) -> Millis:
        """The append time of the next record."""
        return self.ledger.began + 1000 * len(self.ledger.values)

    def find(self, kind: type[A], id: str, /) -> A | None:
        """See `events.domain.aggregates.Aggregates`."""
        return cast("A | None", self.there.get(originator_of(self.workspace, kind.KIND, id)))

    def do(self, command: Command[A], *, actor: str = "tester") -> Change[A]:
        """Carry a command out; raises as `Command.change` does."""
        recorded_at = self.now
        change = command.change(self, command.at or format_time(recorded_at))
        if change.events:
            self._append(change, actor)
        for recorded in change.events:
            present = self.there.get(recorded.originator_id)
            assert recorded.originator_version == (1 if present is None else present.version + 1)
            after = begin(recorded.originator_id, recorded.event) if present is None else present.evolve(recorded.event)
            self.there[recorded.originator_id] = after
            event = recorded.event
            self.told.append(Told(parse_time(event.at), recorded_at, recorded.originator_version, event))
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
