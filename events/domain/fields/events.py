"""What happens to a board's custom field."""

from typing import ClassVar, Literal

import msgspec

from events.domain.event import DomainEvent

FieldType = Literal["text", "number", "boolean", "date", "choice", "person"]


class FieldDefined(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Posts of a board can have a value of this type; `choices` are those of a choice."""

    TYPE: ClassVar[str] = "groundswell.field.defined.v1"
    board: str
    field: str
    name: str
    type: FieldType
    choices: tuple[str, ...] = ()
    at: str


class FieldRemoved(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Posts of a board are no longer asked for this. What they hold is kept, and shown once it is defined again."""

    TYPE: ClassVar[str] = "groundswell.field.removed.v1"
    board: str
    field: str
    reason: str = ""
    at: str


EVENTS: tuple[type[DomainEvent], ...] = (FieldDefined, FieldRemoved)
