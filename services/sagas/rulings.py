"""Rulings: what the ballots must know of decisions, appended to every partition of theirs.

See `events.rulings` for what they are, and docs/decisions/018 for why they are. Which rulings a commit leads to follows
from the commits before it alone, each has its place for ever, and a fold passes over one that it had. So appending them
again changes nothing, whoever does it and however often.
"""

from collections.abc import Sequence
from typing import ClassVar

from events import rulings
from events.domain.budgets.events import BoardBudgeted
from events.domain.event import DomainEvent
from events.domain.merging.events import PostMerged, PostUnmerged
from events.domain.vocabulary import PostMoved, PostSubmitted
from events.log.appender import Appender, Record
from events.rulings import BudgetedData, MergedData, PlacedData, Ruling, UnmergedData, encode_ruling
from services.sagas.following import Decided, Following
from services.sagas.part import Surroundings

APPENDED_AT_ONCE = 20
"""How many rulings go to all partitions before the next ones: some 500 posts each at most."""


class Deciding:
    """What commits lead to, remembering what they must know of earlier ones: where posts stand."""

    def __init__(self) -> None:
        self._boards: dict[tuple[str, str], str] = {}
        self._posts: dict[tuple[str, str], dict[str, None]] = {}
        self._budgeted: dict[tuple[str, str], str] = {}
        self._placed: dict[tuple[str, str], str] = {}

    def decide(self, decided: Decided) -> Sequence[Ruling]:
        """The rulings of a commit, in order."""
        found: list[Ruling] = []
        for event in decided.events:
            for ruling in self._of(decided.workspace, event, decided.offset, len(found)):
                found.append(ruling)
        return found

    def _of(self, workspace: str, event: DomainEvent, ledger: int, number: int) -> Sequence[Ruling]:
        match event:
            case PostMerged():
                merged = MergedData(event.into, ledger, number)
                return [
                    rulings.PostMerged(id=_id(merged), source=workspace, subject=event.post, time=event.at, data=merged)
                ]
            case PostUnmerged():
                unmerged = UnmergedData(ledger, number)
                return [
                    rulings.PostUnmerged(
                        id=_id(unmerged), source=workspace, subject=event.post, time=event.at, data=unmerged
                    )
                ]
            case PostSubmitted() | PostMoved():
                return self._stand(workspace, event, ledger, number)
            case BoardBudgeted():
                return self._budget(workspace, event, ledger, number)
            case _:
                return ()

    def _stand(self, workspace: str, event: PostSubmitted | PostMoved, ledger: int, number: int) -> Sequence[Ruling]:
        """A post stands on a board: of interest where that one or the one before has a budget, or had one."""
        post, board = (workspace, event.post), (workspace, event.board)
        left = self._boards.get(post)
        self._boards[post] = event.board
        if left is not None:
            self._posts.get((workspace, left), {}).pop(event.post, None)
        self._posts.setdefault(board, {})[event.post] = None
        if board not in self._budgeted and post not in self._placed:
            return ()
        return [self._place_posts(workspace, event.board, (event.post,), event.at, ledger, number)]

    def _budget(self, workspace: str, event: BoardBudgeted, ledger: int, number: int) -> Sequence[Ruling]:
        """A budget, after its board's first one all posts that stand there."""
        board = (workspace, event.board)
        first = board not in self._budgeted
        at = max(event.at, self._budgeted.get(board, ""))
        self._budgeted[board] = at
        data = BudgetedData(event.votes, event.period, ledger, number)
        found: list[Ruling] = [
            rulings.BoardBudgeted(id=_id(data), source=workspace, subject=event.board, time=at, data=data)
        ]
        if first:
            posts = tuple(self._posts.get(board, {}))
            for start in range(0, len(posts), rulings.MOST_PLACED):
                some = posts[start : start + rulings.MOST_PLACED]
                found.append(self._place_posts(workspace, event.board, some, at, ledger, number + len(found)))
        return found

    def _place_posts(
        self, workspace: str, board: str, posts: tuple[str, ...], at: str, ledger: int, number: int
    ) -> Ruling:
        """Not before any of these was placed last: folds go by time, and the ledger's order is how it was."""
        at = max(at, *(self._placed.get((workspace, post), "") for post in posts))
        self._placed.update(((workspace, post), at) for post in posts)
        data = PlacedData(posts, ledger, number)
        return rulings.PostsPlaced(id=_id(data), source=workspace, subject=board, time=at, data=data)


def _id(data: MergedData | UnmergedData | PlacedData | BudgetedData) -> str:
    return f"{data.ledger}.{data.number}"


class RulingsSaga:
    """Appends rulings."""

    name: ClassVar[str] = "rulings"

    def __init__(self, appender: Appender) -> None:
        """`appender` is the ballots', started."""
        self._appender = appender
        self._deciding = Deciding()

    def decide(self, decided: Decided) -> Sequence[Ruling]:
        """See `Saga`."""
        return self._deciding.decide(decided)

    async def act(self, work: Sequence[Ruling]) -> None:
        """To all partitions, in order, acknowledged by all in-sync replicas before the next ones go."""
        for start in range(0, len(work), APPENDED_AT_ONCE):
            some = work[start : start + APPENDED_AT_ONCE]
            records = [Record(ruling.source.encode(), encode_ruling(ruling)) for ruling in some]
            await self._appender.append((partition, records) for partition in range(self._appender.partitions))


class RulingsPart:
    """The saga on an appender of its own."""

    name: ClassVar[str] = RulingsSaga.name

    def __init__(self, surroundings: Surroundings) -> None:
        topics = surroundings.topics
        self._appender = Appender(surroundings.kafka, topics.ballots, topics.count(topics.ballots))
        self._following = Following(RulingsSaga(self._appender), surroundings)

    async def run(self) -> None:
        """See `Part`."""
        await self._appender.start()
        try:
            await self._following.run()
        finally:
            await self._appender.stop()

    def complaint(self) -> str | None:
        """See `Part`."""
        return self._following.complaint()
