"""How the library stores our events: a type's stable name as topic, its plain JSON as state, and no Python path."""

from typing import Any
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import (
    Cipher,
    Compressor,
    Mapper,
    NotSupportedError,
    StoredEvent,
    Transcoder,
)

from events.domain.originators import Recorded
from events.domain.vocabulary import decode_domain_event, encode_state


def to_stored(recorded: Recorded) -> StoredEvent:
    """A recorded event's name and bytes."""
    event = recorded.event
    return StoredEvent(recorded.originator_id, recorded.originator_version, event.TYPE, encode_state(event))


def to_recorded(stored: StoredEvent) -> Recorded:
    """The recorded event, read as the newest version of its type."""
    originator = stored.originator_id
    if not isinstance(originator, UUID):
        raise NotSupportedError(f"originators of the ledger are UUIDs; this one is {originator!r}")
    return Recorded(originator, stored.originator_version, decode_domain_event(stored.topic, stored.state))


class VocabularyMapper(Mapper[UUID]):
    """Maps `Recorded` domain events to stored events and back."""

    def __init__(
        self, transcoder: Transcoder, compressor: Compressor | None = None, cipher: Cipher | None = None
    ) -> None:
        if compressor is not None or cipher is not None:
            raise NotSupportedError("the ledger's states are plain JSON: unset COMPRESSOR_TOPIC and CIPHER_TOPIC")
        super().__init__(transcoder)

    def to_stored_event(self, domain_event: DomainEventProtocol[Any]) -> StoredEvent:
        """A recorded event's name and bytes."""
        if not isinstance(domain_event, Recorded):
            raise TypeError(f"only Recorded events can be stored, not {type(domain_event).__name__}")
        return to_stored(domain_event)

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        """The recorded event, read as the newest version of its type."""
        return to_recorded(stored_event)
