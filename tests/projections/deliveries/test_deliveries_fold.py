"""Deliveries as rows, and what is asked of them in ClickHouse."""

from events.deliveries import (
    AttemptedData,
    DeliveryAttempted,
    DeliveryEvent,
    Outcome,
    Place,
    ReachedData,
    WebhookReached,
    decode_reached,
    encode_delivery,
)
from events.log.batch import RecordBatch
from events.log.topics import DELIVERIES, topic_name
from events.position import Partition
from events.times import format_time
from projections.deliveries import DeliveriesProjection
from projections.deliveries.queries import (
    Attempt,
    WebhookPosition,
    deliveries_query,
    position_query,
    positions_query,
)
from services.projector.memory import MemoryDeadLetters, MemoryStores, MemoryView
from services.projector.runner import Runner
from tests.support.views import Database

AT = 1_790_000_000_000
PARTITION = Partition(topic_name("groundswell", DELIVERIES), 0)


def attempted(number: int, outcome: Outcome = "delivered", webhook: str = "crm") -> DeliveryAttempted:
    data = AttemptedData(
        message=f"m{number}",
        event_type="groundswell.post.closed.v1",
        event_id=f"c{number}/0",
        event_subject="a",
        stands=Place("groundswell.ledger", 0, number, 0),
        attempt=1,
        outcome=outcome,
        status=204 if outcome == "delivered" else 0,
        next_attempt_at="" if outcome == "delivered" else format_time(AT + 5000),
    )
    return DeliveryAttempted(id=f"d{number}", source="acme", subject=webhook, time=format_time(AT + number), data=data)


def reached(number: int, positions: str, webhook: str = "crm") -> WebhookReached:
    data = ReachedData(begun=1, positions=positions, held=())
    return WebhookReached(id=f"r{number}", source="acme", subject=webhook, time=format_time(AT + number), data=data)


EVENTS: list[DeliveryEvent] = [
    attempted(0), reached(1, "one"), attempted(2, "failed"), reached(3, "three"), reached(4, "other", "erp"),
    attempted(5, webhook="erp"), attempted(6),
]  # fmt: skip


def batch(values: list[bytes], start: int = 0) -> RecordBatch:
    end = start + len(values)
    return RecordBatch(
        *PARTITION, start, end, range(start, end), [AT] * len(values), [b"acme/crm"] * len(values), values
    )


def test_wherever_it_is_cut_the_rows_are_the_same_and_what_is_none_is_refused_alone() -> None:
    values = [*map(encode_delivery, EVENTS), b"{}"]
    seen = []
    for cut in range(len(values) + 1):
        view, letters = MemoryView(), MemoryDeadLetters()
        runner = Runner(DeliveriesProjection(), view, MemoryStores(), letters, "epoch", partition_count=lambda _: 1)
        runner.open(PARTITION)
        for part in (batch(values[:cut]), batch(values[cut:], cut)):
            if len(part):
                runner.feed(part)
                runner.flush()
        assert [offset for _, _, offset in letters.letters] == [7]
        seen.append([sorted(view.rows(table)) for table in ("delivery_attempts", "webhook_positions")])
    assert all(each == seen[0] for each in seen)
    assert [len(rows) for rows in seen[0]] == [4, 2]


def test_what_was_sent_and_how_far_each_has_come(database: Database) -> None:
    runner = database.runner(DeliveriesProjection(), 1)
    runner.open(PARTITION)
    runner.feed(batch([encode_delivery(event) for event in EVENTS]))
    runner.flush()
    name = database.settings.database

    def attempts(**how: object) -> list[Attempt]:
        query = deliveries_query(name, "acme", "crm", limit=10, **how)  # type: ignore[arg-type]
        return [Attempt(*row) for row in database.client.query(query.sql, dict(query.parameters)).result_rows]

    assert [each.number for each in attempts()] == [6, 2, 0]
    assert [each.number for each in attempts(before=6)] == [2, 0]
    (failed,) = attempts(outcome="failed")
    assert (failed.at, failed.next_attempt_at, failed.status) == (AT + 2, AT + 5000, 0)
    assert attempts()[0].next_attempt_at is None
    assert database.rows("SELECT webhook, next_attempt_at IS NULL FROM groundswell.deliveries ORDER BY number") == [
        ("crm", 1), ("crm", 0), ("erp", 1), ("crm", 1),
    ]  # fmt: skip
    found = [
        WebhookPosition(*row)
        for query in (positions_query(name), position_query(name, "acme", "crm"))
        for row in sorted(database.client.query(query.sql, dict(query.parameters)).result_rows)
    ]
    assert [(each.webhook, decode_reached(each.data.encode()).positions) for each in found] == [
        ("crm", "three"), ("erp", "other"), ("crm", "three"),
    ]  # fmt: skip
