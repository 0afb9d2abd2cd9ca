"""A workspace: one customer, with the keys that open it."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple, Self
from uuid import UUID

import msgspec

from events.domain.bounds import NAME_CHARACTERS, REASON_CHARACTERS, check_line, check_role, check_text
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.keys import Role
from events.domain.refusals import NotFound
from events.domain.vocabulary import KeyCreated, KeyRevoked, WorkspaceEvent, WorkspaceOpened


class Key(NamedTuple):
    """A key that opens something: what it lets somebody do, what it is for, whether it sees what is internal."""

    role: Role
    label: str
    internal: bool
    at: str


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace as it stands: `keys` are those that are not revoked, by id."""

    KIND: ClassVar[str] = "workspace"
    FIRST: ClassVar[type[DomainEvent]] = WorkspaceOpened

    id: UUID
    version: int
    at: str
    keys: Mapping[str, Key]

    @classmethod
    def begin(cls, id: UUID, event: WorkspaceOpened) -> Self:
        """The workspace that this event opened."""
        return cls(id=id, version=1, at=event.at, keys={})

    def evolve(self, event: DomainEvent) -> "Workspace":
        """The workspace after this event."""
        match event:
            case KeyCreated():
                keys = {**self.keys, event.key: Key(event.role, event.label, event.internal, event.at)}
            case KeyRevoked():
                keys = {id: key for id, key in self.keys.items() if id != event.key}
            case _:
                raise NotItsEvent("a workspace", event)
        return msgspec.structs.replace(self, version=self.version + 1, keys=keys)

    def revoke_key(self, *, key: str, reason: str, at: str) -> Sequence[WorkspaceEvent]:
        """Let the key open nothing any more."""
        if key not in self.keys:
            raise NotFound("key", key)
        check_text("reason", reason, most=REASON_CHARACTERS)
        return (KeyRevoked(key=key, reason=reason, at=at),)


def create_key(*, key: str, role: Role, hash: str, label: str, internal: bool = False, at: str) -> KeyCreated:
    """A new key's event."""
    check_role(role)
    check_line("label", label, most=NAME_CHARACTERS)
    return KeyCreated(key=key, role=role, hash=hash, label=label, internal=internal, at=at)
