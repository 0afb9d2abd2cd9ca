"""Reading the dead letters."""

import msgspec

from events.log.batch import RecordBatch
from events.log.reader import end_offsets, read
from events.log.topics import open_log
from events.position import Partition
from events.refusals import decode_refusal
from events.settings import KafkaSettings

CONNECT_SECONDS = 20.0


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """One refused record. `number` is the letter's own offset, `place` where the record stands."""

    number: int
    place: str
    projection: str
    reason: str
    recorded_at: str
    key_base64: str | None
    value_base64: str | None
    value_bytes: int


async def last_letters(settings: KafkaSettings, limit: int) -> list[DeadLetter]:
    """The last so many, the oldest of them first."""
    partition = await _partition(settings)
    end = (await end_offsets(settings, [partition]))[partition]
    return await _letters(settings, partition, max(0, end - limit), end)


async def letter_at(settings: KafkaSettings, number: int) -> DeadLetter | None:
    """One of them; None if there is none of this number."""
    partition = await _partition(settings)
    end = (await end_offsets(settings, [partition]))[partition]
    letters = await _letters(settings, partition, number, number + 1) if number < end else []
    return letters[0] if letters else None


async def _partition(settings: KafkaSettings) -> Partition:
    log = await open_log(settings, wait_seconds=CONNECT_SECONDS)
    return Partition(log.dead_letters, 0)


async def _letters(settings: KafkaSettings, partition: Partition, start: int, end: int) -> list[DeadLetter]:
    letters: list[DeadLetter] = []
    async for batch in read(settings, {partition: start}, {partition: end}):
        letters += [_letter(batch, index) for index in range(len(batch))]
    return letters


def _letter(batch: RecordBatch, index: int) -> DeadLetter:
    number = batch.offsets[index]
    try:
        refusal = decode_refusal(batch.values[index] or b"")
    except msgspec.MsgspecError as error:
        return DeadLetter(
            number=number, place="?", projection="?", reason=f"this is no dead letter of ours: {error}",
            recorded_at="?", key_base64=None, value_base64=None, value_bytes=len(batch.values[index] or b""),
        )  # fmt: skip
    data = refusal.data
    return DeadLetter(
        number=number,
        place=f"{data.topic}/{data.partition}@{data.offset}",
        projection=data.projection,
        reason=data.reason,
        recorded_at=refusal.time,
        key_base64=data.key_base64,
        value_base64=data.value_base64,
        value_bytes=data.value_bytes,
    )
