"""A board's custom field: what it is called, and of which type its values are."""

from collections.abc import Sequence
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from events.domain.bounds import NAME_CHARACTERS, REASON_CHARACTERS, check_id, check_line, check_text
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.fields.events import FieldDefined, FieldRemoved, FieldType
from events.domain.refusals import Conflict, Invalid

MOST_CHOICES = 100


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A field as it stands; a removed one may be defined again. Its type is for ever: values of it are kept."""

    KIND: ClassVar[str] = "field"
    FIRST: ClassVar[type[DomainEvent]] = FieldDefined

    id: UUID
    version: int
    board: str
    field: str
    name: str
    type: FieldType
    choices: tuple[str, ...]
    at: str
    removed: bool = False

    @classmethod
    def begin(cls, id: UUID, event: FieldDefined) -> Self:
        """The field that this event defined."""
        return cls(
            id=id, version=1, board=event.board, field=event.field, name=event.name, type=event.type,
            choices=event.choices, at=event.at,
        )  # fmt: skip

    def evolve(self, event: DomainEvent) -> "Field":
        """The field after this event."""
        replace = msgspec.structs.replace
        version = self.version + 1
        match event:
            case FieldDefined():
                return replace(self, version=version, name=event.name, choices=event.choices, removed=False)
            case FieldRemoved():
                return replace(self, version=version, removed=True)
            case _:
                raise NotItsEvent(f"field {self.field!r} of board {self.board!r}", event)

    def define(self, *, name: str, type: FieldType, choices: tuple[str, ...], at: str) -> Sequence[FieldDefined]:
        """Have it this name and these choices. What it has already is no event.

        Raises:
            Conflict: for another type.
        """
        defined = define_field(board=self.board, field=self.field, name=name, type=type, choices=choices, at=at)
        if type != self.type:
            raise Conflict(
                "type", f"field {self.field!r} holds values of type {self.type}: choose another id for {type}"
            )
        return () if (name, choices, False) == (self.name, self.choices, self.removed) else (defined,)

    def remove(self, *, reason: str, at: str) -> Sequence[FieldRemoved]:
        """Ask posts for this no more. That they are not asked is no event."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        return () if self.removed else (FieldRemoved(board=self.board, field=self.field, reason=reason, at=at),)


def field_key(board: str, field: str) -> str:
    """The id of the aggregate: a field's own id is only good on its board."""
    return f"{board}/{field}"


def define_field(
    *, board: str, field: str, name: str, type: FieldType, choices: tuple[str, ...], at: str
) -> FieldDefined:
    """A new field's first event."""
    check_id("field", field)
    check_line("name", name, least=1, most=NAME_CHARACTERS)
    if (type == "choice") != bool(choices):
        raise Invalid("choices", "a choice has 1 or more, and no other type has any")
    if len(choices) > MOST_CHOICES or len(set(choices)) != len(choices):
        raise Invalid("choices", f"there may be {MOST_CHOICES} at most, each one once")
    for place, choice in enumerate(choices):
        check_line(f"choices.{place}", choice, least=1, most=NAME_CHARACTERS)
    return FieldDefined(board=board, field=field, name=name, type=type, choices=choices, at=at)
