"""What looks like an event from outside and holds what is no text goes to dead letters; it stops nobody."""

from uuid import UUID

import pytest

from events.log.batch import RecordBatch
from events.log.topics import BALLOTS, LEDGER, topic_name
from events.position import Partition
from projections.events import EventsProjection
from services.projector.memory import MemoryDeadLetters, MemoryStores, MemoryView
from services.projector.runner import Runner

TIME = b"2026-01-01T00:00:00.000Z"


def ballot(data: bytes) -> bytes:
    return (
        b'{"specversion":"1.0","type":"groundswell.vote.cast.v1","id":"e","source":"acme","subject":"p",'
        b'"time":"%b","data":%b}' % (TIME, data)
    )


def commit(number: int, state: bytes, time: bytes = TIME) -> bytes:
    event = b'{"originator_id":"%b","originator_version":1,"type":"groundswell.board.created.v1",%b}'
    return (
        b'{"specversion":"1.0","type":"groundswell.ledger.commit.v1","id":"c%d","source":"acme","time":"%b",'
        b'"data":{"events":[%b]}}' % (number, time, event % (str(UUID(int=number)).encode(), state))
    )


@pytest.mark.parametrize(
    ("spec", "good", "bad"),
    [
        (BALLOTS, ballot(b'{"person":"ann"}'), [ballot(b'{"person":"\xff"}'), ballot(b'{"person":"a","x":"\xc3"}')]),
        (
            LEDGER,
            commit(1, b'"state":{"board":"b"}'),
            [
                commit(2, b'"state":{"board":"\xff"}'),
                commit(3, b'"state_base64":"/w=="'),
                commit(4, b'"state":{}', time=b"yesterday"),
                commit(5, b'"state":{}', time=b"2026-01-01T00:00:00"),
            ],
        ),
    ],
)
def test_what_is_no_text_is_refused_alone(spec, good: bytes, bad: list[bytes]) -> None:
    partition = Partition(topic_name("groundswell", spec), 0)
    values = [good, *bad]
    count = len(values)
    view, letters = MemoryView(), MemoryDeadLetters()
    runner = Runner(EventsProjection(), view, MemoryStores(), letters, "epoch", partition_count=lambda _: 1)
    runner.open(partition)
    runner.feed(RecordBatch(*partition, 0, count, range(count), [10**12] * count, [b"acme/ann"] * count, values))
    runner.flush()
    assert sorted(offset for _, _, offset in letters.letters) == list(range(1, count))
    assert [row[3] for row in view.rows("event_log")] == [0]
