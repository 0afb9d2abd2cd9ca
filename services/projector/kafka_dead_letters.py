"""Dead letters on Kafka: one record each, for a caller that blocks."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import Future

import msgspec

from events.log.appender import Appender, AppendError, Record
from events.log.topics import Topics
from events.refusals import MAX_KEPT_BYTES, RecordRefused, encode_refusal
from events.settings import KafkaSettings
from services.projector.ports import DeadLetter, ServiceAway

_ANSWER_SECONDS = 30.0


class KafkaDeadLetters:
    """Appends to the topic of dead letters, from a loop of its own in a thread of its own.

    Of a record about a person only the key is kept: nobody could take back what a dead letter says of somebody.
    """

    def __init__(self, settings: KafkaSettings, topics: Topics) -> None:
        self._appender = Appender(settings, topics.dead_letters, topics.count(topics.dead_letters))
        self._people = topics.people
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="dead letters", daemon=True)

    def start(self) -> None:
        """Be ready to append. Does not need Kafka to be there yet."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._appender.start(), self._loop).result()

    def stop(self) -> None:
        """Let go of the connection."""
        asyncio.run_coroutine_threadsafe(self._appender.stop(), self._loop).result(_ANSWER_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def put(self, letters: Sequence[DeadLetter]) -> None:
        """Append the letters and wait until Kafka has them.

        Raises:
            ServiceAway: if Kafka did not acknowledge them.
        """
        records = [_record(letter, letter.position.topic == self._people) for letter in letters]
        appended: Future[object] = asyncio.run_coroutine_threadsafe(self._append(records), self._loop)
        try:
            appended.result(_ANSWER_SECONDS)
        except (AppendError, TimeoutError) as error:
            appended.cancel()
            raise ServiceAway(f"dead letters were not acknowledged: {error}") from error

    async def _append(self, records: Sequence[Record]) -> None:
        await self._appender.append([(0, records)])


def _record(letter: DeadLetter, secret: bool) -> Record:
    event = RecordRefused.of(
        letter.position,
        letter.recorded,
        letter.projection,
        letter.reason,
        letter.key,
        None if secret else letter.value,
        generation=letter.generation,
        code=letter.code,
    )
    if secret:
        data = msgspec.structs.replace(event.data, value_bytes=len(letter.value or b""))
        event = msgspec.structs.replace(event, data=data)
    return Record((letter.key or b"")[:MAX_KEPT_BYTES], encode_refusal(event))
