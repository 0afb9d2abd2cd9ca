"""A board: where posts of one kind stand together."""

from collections.abc import Sequence
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from events.domain.bounds import NAME_CHARACTERS, check_id, check_line
from events.domain.budgets.events import BoardBudgeted
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.vocabulary import BoardCreated, BoardEvent, BoardRenamed


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """A board as it stands; `at` is when it was created."""

    KIND: ClassVar[str] = "board"
    FIRST: ClassVar[type[DomainEvent]] = BoardCreated

    id: UUID
    version: int
    board: str
    name: str
    at: str
    budget: BoardBudgeted | None = None

    @classmethod
    def begin(cls, id: UUID, event: BoardCreated) -> Self:
        """The board that this event created."""
        return cls(id=id, version=1, board=event.board, name=event.name, at=event.at)

    def evolve(self, event: DomainEvent) -> "Board":
        """The board after this event."""
        replace = msgspec.structs.replace
        match event:
            case BoardRenamed():
                return replace(self, version=self.version + 1, name=event.name)
            case BoardBudgeted():
                return replace(self, version=self.version + 1, budget=event)
            case _:
                raise NotItsEvent(f"board {self.board!r}", event)

    def rename(self, *, name: str, at: str) -> Sequence[BoardEvent]:
        """Give it this name. The name that it has is no event."""
        check_line("name", name, least=1, most=NAME_CHARACTERS)
        return () if name == self.name else (BoardRenamed(board=self.board, name=name, at=at),)


def create_board(*, board: str, name: str, at: str) -> BoardCreated:
    """A new board's first event."""
    check_id("board", board)
    check_line("name", name, least=1, most=NAME_CHARACTERS)
    return BoardCreated(board=board, name=name, at=at)
