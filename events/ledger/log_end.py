"""Where the log ends now."""

import asyncio

from aiokafka import AIOKafkaConsumer, TopicPartition

from events.settings import KafkaSettings


class LogEnd:
    """Asks for the ledger's end offset, over a consumer that does nothing else (a busy one answers late).

    Whoever asks gets an answer to a question put after it asked; those who ask meanwhile share the next one.
    """

    def __init__(self, settings: KafkaSettings, topic: str) -> None:
        self._settings = settings
        self._partition = TopicPartition(topic, 0)
        self._asking: asyncio.Task[int] | None = None
        self._next: asyncio.Task[int] | None = None

    async def start(self) -> None:
        """Connect."""
        self._consumer = AIOKafkaConsumer(
            **self._settings.client_options(), enable_auto_commit=False, request_timeout_ms=5000
        )
        await self._consumer.start()

    async def stop(self) -> None:
        """Disconnect."""
        await self._consumer.stop()

    async def get(self) -> int:
        """The offset that the next record will get.

        Raises:
            KafkaError: if Kafka does not answer.
        """
        if self._next is None or self._next.done():
            self._next = asyncio.ensure_future(self._ask_after(self._asking))
        return await asyncio.shield(self._next)

    async def _ask_after(self, earlier: "asyncio.Task[int] | None") -> int:
        if earlier is not None:
            await asyncio.wait({earlier})
        self._asking, self._next = self._next, None
        return int((await self._consumer.end_offsets([self._partition]))[self._partition])
