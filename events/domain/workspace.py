"""A workspace: one customer, with the keys that open it."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from events.domain.bounds import NAME_CHARACTERS, check_line, check_role
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.keys import Role
from events.domain.refusals import NotFound
from events.domain.vocabulary import KeyCreated, KeyRevoked, WorkspaceEvent, WorkspaceOpened


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace as it stands: `keys` gives the role of each key that is not revoked."""

    KIND: ClassVar[str] = "workspace"
    FIRST: ClassVar[type[DomainEvent]] = WorkspaceOpened

    id: UUID
    version: int
    at: str
    keys: Mapping[str, Role]

    @classmethod
    def begin(cls, id: UUID, event: WorkspaceOpened) -> Self:
        """The workspace that this event opened."""
        return cls(id=id, version=1, at=event.at, keys={})

    def evolve(self, event: DomainEvent) -> "Workspace":
        """The workspace after this event."""
        match event:
            case KeyCreated():
                keys = {**self.keys, event.key: event.role}
            case KeyRevoked():
                keys = {key: role for key, role in self.keys.items() if key != event.key}
            case _:
                raise NotItsEvent("a workspace", event)
        return msgspec.structs.replace(self, version=self.version + 1, keys=keys)

    def revoke_key(self, *, key: str, at: str) -> Sequence[WorkspaceEvent]:
        """Let the key open nothing any more."""
        if key not in self.keys:
            raise NotFound("key", key)
        return (KeyRevoked(key=key, at=at),)


def create_key(*, key: str, role: Role, hash: str, label: str, internal: bool = False, at: str) -> KeyCreated:
    """A new key's event."""
    check_role(role)
    check_line("label", label, most=NAME_CHARACTERS)
    return KeyCreated(key=key, role=role, hash=hash, label=label, internal=internal, at=at)
