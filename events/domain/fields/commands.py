"""What can be asked of a board's custom field, as plain data."""

from uuid import UUID

from typing_extensions import override

from events.domain.aggregates import Aggregates, Change, changed, created
from events.domain.board import Board
from events.domain.commands import Command
from events.domain.fields.events import FieldType
from events.domain.fields.field import Field, define_field, field_key
from events.domain.originators import originator_of
from events.domain.refusals import NotFound


class FieldCommand(Command[Field], frozen=True, kw_only=True, tag=True):
    """Something asked of a field of a board."""

    board: str
    field: str

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, Field.KIND, field_key(self.board, self.field))

    def _found(self, aggregates: Aggregates) -> Field | None:
        return aggregates.find(Field, field_key(self.board, self.field))


class DefineField(FieldCommand, frozen=True, kw_only=True, tag=True):
    """Have posts of a board asked for a value of this type."""

    name: str
    holds: FieldType
    choices: tuple[str, ...] = ()

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Field]:
        known = self._found(aggregates)
        if known is not None:
            return changed(known, known.define(name=self.name, type=self.holds, choices=self.choices, at=at))
        event = define_field(
            board=self.board, field=self.field, name=self.name, type=self.holds, choices=self.choices, at=at
        )
        if aggregates.find(Board, self.board) is None:
            raise NotFound("board", self.board)
        return created(Field.begin(self.subject, event), event)


class RemoveField(FieldCommand, frozen=True, kw_only=True, tag=True):
    """Have posts of a board asked for this no more. What they hold is kept."""

    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Field]:
        known = self._found(aggregates)
        if known is None:
            raise NotFound("field", self.field)
        return changed(known, known.remove(reason=self.reason, at=at))
