"""One workspace's aggregates in dictionaries: what may be decided, without any ledger."""

from events.domain.aggregates import A, Aggregate, Change, begin
from events.domain.commands import Command, PutBoard, PutPost
from events.domain.event import DomainEvent
from events.domain.originators import originator_of

WORKSPACE = "acme"
AT = "2026-01-01T00:00:00.000Z"


class World:
    """Carries commands out, and checks that what they decide of any aggregate can be admitted."""

    def __init__(self) -> None:
        self.decided: list[DomainEvent] = []
        self._there: dict[object, Aggregate] = {}

    def find(self, kind: type[A], id: str, /) -> A | None:
        return self._there.get(originator_of(WORKSPACE, kind.KIND, id))  # type: ignore[return-value]

    def do(self, command: Command[A], at: str = AT) -> Change[A]:
        """Carry it out at a moment, unless it names one itself."""
        change = command.change(self, command.at or at)
        for id, version, event in ((each.originator_id, each.originator_version, each.event) for each in change.events):
            before = self._there.get(id)
            assert version == (1 if before is None else before.version + 1)
            self._there[id] = begin(id, event) if before is None else before.evolve(event)
        if change.events:
            assert self._there[change.aggregate.id] == change.aggregate
        self.decided += [each.event for each in change.events]
        return change

    def board(self, *boards: str) -> None:
        """Have there be these boards."""
        for board in boards:
            self.do(PutBoard(workspace=WORKSPACE, board=board, name=board))

    def posts(self, *posts: str, board: str = "ideas", at: str = AT) -> None:
        """Have there be these posts on a board."""
        self.board(board)
        for post in posts:
            self.do(PutPost(workspace=WORKSPACE, post=post, board=board, title=post), at)
