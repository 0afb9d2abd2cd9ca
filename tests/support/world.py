"""One workspace's aggregates in dictionaries: what may be decided, without any ledger."""

from uuid import UUID

from events.domain.aggregates import A, Aggregate, Change, Recorded, begin
from events.domain.commands import Command, PutBoard, PutPost
from events.domain.event import DomainEvent
from events.domain.originators import originator_of

WORKSPACE = "acme"
AT = "2026-01-01T00:00:00.000Z"


class World:
    """Carries commands out, and checks that what they decide of any aggregate can be admitted."""

    def __init__(self, workspace: str = WORKSPACE) -> None:
        self.workspace = workspace
        self.decided: list[DomainEvent] = []
        self.there: dict[UUID, Aggregate] = {}

    def find(self, kind: type[A], id: str, /) -> A | None:
        """See `events.domain.aggregates.Aggregates`."""
        return self.there.get(originator_of(self.workspace, kind.KIND, id))  # type: ignore[return-value]

    def do(self, command: Command[A], at: str = AT) -> Change[A]:
        """Carry it out at a moment, unless it names one itself; raises as `Command.change` does."""
        change = command.change(self, command.at or at)
        for recorded in change.events:
            self._evolve(recorded)
        if change.events:
            assert self.there[change.aggregate.id] == change.aggregate
        return change

    def put(self, aggregate: Aggregate) -> None:
        """Have an aggregate be so, whatever was decided."""
        self.there[aggregate.id] = aggregate

    def _evolve(self, recorded: Recorded) -> Aggregate:
        id, version, event = recorded.originator_id, recorded.originator_version, recorded.event
        before = self.there.get(id)
        assert version == (1 if before is None else before.version + 1)
        after = begin(id, event) if before is None else before.evolve(event)
        self.there[id] = after
        self.decided.append(event)
        return after

    def board(self, *boards: str) -> None:
        """Have there be these boards."""
        for board in boards:
            self.do(PutBoard(workspace=self.workspace, board=board, name=board))

    def posts(self, *posts: str, board: str = "ideas", at: str = AT) -> None:
        """Have there be these posts on a board."""
        self.board(board)
        for post in posts:
            self.do(PutPost(workspace=self.workspace, post=post, board=board, title=post), at)
