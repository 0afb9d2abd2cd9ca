"""Which aggregate an event belongs to, and what the library is told of it."""

from uuid import UUID, uuid5

import msgspec

from events.domain.event import DomainEvent

_NAMESPACE = UUID("3b5a1e0c-7a34-5c0e-8a55-6d0f2f6c9e21")


def originator_of(workspace: str, kind: str, id: str) -> UUID:
    """The aggregate's identity on the ledger; `kind` is its class's `KIND`.

    It follows from the ids that clients chose, so that whoever creates the same thing twice writes the same
    aggregate, and only one of them is admitted.
    """
    return uuid5(_NAMESPACE, f"{workspace}/{kind}/{id}")


class Recorded(msgspec.Struct, frozen=True):
    """A domain event in its place: the `originator_version`-th of its aggregate."""

    originator_id: UUID
    originator_version: int
    event: DomainEvent
