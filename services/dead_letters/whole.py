"""A refused record with all of its bytes: from its letter, or from the log where the letter cut them."""

import base64
from typing import NamedTuple

from events.log.topics import Topics
from events.refusals import MAX_KEPT_BYTES
from events.settings import KafkaSettings
from services.dead_letters.records import records_at
from services.dead_letters.refusals import Refusal, read_letter


class RefusedRecord(NamedTuple):
    """Key and value as they came; `cut` where they are longer, and the log does not hold them any more."""

    key: bytes | None
    value: bytes | None
    cut: bool


async def read_whole(settings: KafkaSettings, log: Topics, refusal: Refusal) -> RefusedRecord:
    """The record that was refused.

    Raises:
        LogError: if the log lost its letter.
        KafkaError: if Kafka does not answer.
    """
    letter = await read_letter(settings, log, refusal)
    key, value = _bytes(letter.key_base64), _bytes(letter.value_base64)
    if letter.value_bytes <= len(value or b"") and len(key or b"") < MAX_KEPT_BYTES:
        return RefusedRecord(key, value, cut=False)
    found = (await records_at(settings, log, [refusal.position])).get(refusal.position)
    return RefusedRecord(key, value, cut=True) if found is None else RefusedRecord(found.key, found.value, cut=False)


def _bytes(encoded: str | None) -> bytes | None:
    return None if encoded is None else base64.b64decode(encoded)
