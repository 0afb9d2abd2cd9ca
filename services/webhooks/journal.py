"""Writing down what was sent, and how far each webhook has come."""

import time

from events.deliveries import (
    AttemptedData,
    DeliveryAttempted,
    DeliveryEvent,
    WebhookReached,
    encode_delivery,
)
from events.ids import new_id
from events.log.appender import Appender, Record
from events.log.topics import Topics
from events.settings import KafkaSettings
from events.times import Millis, format_time
from services.sagas.patience import Patience
from services.webhooks.cursor import Cursor

_ONLY_PARTITION = 0


class Journal:
    """Appends to the deliveries, for as long as it takes. Use it from one event loop."""

    def __init__(self, kafka: KafkaSettings, topics: Topics, patience: Patience) -> None:
        self._appender = Appender(kafka, topics.deliveries, topics.count(topics.deliveries))
        self._patience = patience

    async def start(self) -> None:
        """Begin; Kafka need not be there yet."""
        await self._appender.start()

    async def stop(self) -> None:
        """Write no more."""
        await self._appender.stop()

    async def attempted(self, workspace: str, webhook: str, data: AttemptedData) -> None:
        """An event was sent, or it was tried."""
        await self._append(
            DeliveryAttempted(id=new_id(), source=workspace, subject=webhook, time=format_time(now()), data=data)
        )

    async def reached(self, workspace: str, webhook: str, cursor: Cursor) -> None:
        """A webhook has come so far. Once this returns, nobody begins before it."""
        data = cursor.data()
        await self._append(
            WebhookReached(id=new_id(), source=workspace, subject=webhook, time=format_time(now()), data=data)
        )

    async def _append(self, event: DeliveryEvent) -> None:
        record = Record(f"{event.source}/{event.subject}".encode(), encode_delivery(event))
        await self._patience.call(lambda: self._appender.append([(_ONLY_PARTITION, [record])]))


def now() -> Millis:
    """This moment."""
    return time.time_ns() // 1_000_000
