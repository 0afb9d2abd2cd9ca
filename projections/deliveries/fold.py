"""Deliveries to rows: an attempt is a row, and a webhook's last word on how far it has come is its one row."""

from collections.abc import Sequence

from events.deliveries import DELIVERY_DECODER, DeliveryAttempted, WebhookReached, encode_reached
from events.log.batch import RecordBatch
from events.times import Millis, parse_time
from projections.decoding import decode
from projections.deliveries.tables import ATTEMPTS, WEBHOOK_POSITIONS
from projections.fold import Read, Rejected, Row, Sealed


class DeliveriesFold:
    """One partition of the deliveries. It needs no state: each record says all."""

    def __init__(self) -> None:
        self._attempts: list[Row] = []
        self._positions: dict[tuple[str, str], Row] = {}

    def apply(self, batch: RecordBatch, read: Read) -> Sequence[Rejected]:
        """See `projections.fold.Fold`."""
        decoded = decode(batch, DELIVERY_DECODER)
        rejected = list(decoded.rejected)
        for index, event, time in zip(decoded.indices, decoded.events, decoded.times, strict=True):
            offset = batch.offsets[index]
            try:
                if isinstance(event, DeliveryAttempted):
                    self._attempts.append(_attempt(event, time, offset))
                else:
                    self._positions[event.source, event.subject] = _position(event, time, offset)
            except ValueError as error:
                rejected.append(Rejected(offset, f"not an event of this stream: {error}"))
        return rejected

    def seal(self) -> Sealed:
        """See `projections.fold.Fold`."""
        rows = {ATTEMPTS.name: self._attempts, WEBHOOK_POSITIONS.name: list(self._positions.values())}
        self._attempts, self._positions = [], {}
        return Sealed({name: stated for name, stated in rows.items() if stated}, {})


def _attempt(event: DeliveryAttempted, time: Millis, offset: int) -> Row:
    data = event.data
    next_attempt = parse_time(data.next_attempt_at) if data.next_attempt_at else 0
    return (
        event.source, event.subject, time, data.message, data.event_type, data.event_id, data.event_subject,
        data.stands.topic, data.stands.partition, data.stands.offset, data.stands.place, data.attempt, data.outcome,
        data.status, data.reason, data.milliseconds, next_attempt, offset, offset,
    )  # fmt: skip


def _position(event: WebhookReached, time: Millis, offset: int) -> Row:
    return (event.source, event.subject, time, len(event.data.held), encode_reached(event.data).decode(), offset)
