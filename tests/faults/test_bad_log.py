"""What does not belong on the log: single records go to dead letters, another number of partitions is refused."""

import base64

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from events.ballots import partition_of
from events.log.appender import Appender, Record
from events.settings import KafkaSettings
from tests.support.ballots import Vote
from tests.support.fold_of_the_log import in_own_loop, read_dead_letters
from tests.support.installation import Installation
from tests.support.traffic import GARBAGE

PERSON = "person-1"
KEY = f"acme/{PERSON}".encode()
BALLOT_HEAD = b'{"specversion":"1.0","type":"groundswell.vote.cast.v1","id":"x","source":"acme","subject":"p",'
BAD_BALLOTS = (
    *GARBAGE,
    BALLOT_HEAD + b'"time":"2026-01-01T00:00:00.000Z","data":{"person":"\xff"}}',
    BALLOT_HEAD + b'"time":"some day","data":{"person":"person-1"}}',
    BALLOT_HEAD + b'"time":"9999-01-01T00:00:00.000Z","data":{"person":"person-1"}}',
    BALLOT_HEAD + b'"time":"2026-01-01T00:00:00.000Z","data":' + b"[" * 50_000,
)
BAD_COMMITS = (*GARBAGE, b'{"specversion":"1.0","type":"groundswell.ledger.commit.v1","id":"c","source":"acme"}')


def good(number: int) -> Record:
    return Record(KEY, Vote(f"post-{number}", PERSON, 1, 1_790_000_000_000, f"vote-{number}").encode())


async def append(kafka: KafkaSettings, topic: str, partitions: int, partition: int, records: list[Record]) -> int:
    """Append to one partition: the offset of the last record."""
    appender = Appender(kafka, topic, partitions)
    await appender.start()
    try:
        return (await appender.submit(partition, records)).offset
    finally:
        await appender.stop()


def test_bytes_that_are_no_event_go_to_dead_letters_and_stop_nothing(installation: Installation) -> None:
    topics, kafka = installation.topics, installation.kafka
    partitions = topics.count(topics.ballots)
    partition = partition_of(KEY, partitions)
    ballots = [good(number) for number in range(len(BAD_BALLOTS) + 1)]
    mixed = [record for number, bad in enumerate(BAD_BALLOTS) for record in (ballots[number], Record(KEY, bad))]
    last = in_own_loop(append(kafka, topics.ballots, partitions, partition, [*mixed, ballots[-1]]))
    first = last - len(mixed)
    commits = [Record(b"acme", bad) for bad in BAD_COMMITS]
    last_commit = in_own_loop(append(kafka, topics.ledger, 1, 0, commits))

    projector = installation.projector()
    projector.start()
    installation.catch_up(projector)
    assert installation.compare().event_ids == {f"vote-{n}" for n in range(len(ballots))}

    letters = in_own_loop(read_dead_letters(kafka))
    told = {(letter.topic, letter.offset): letter for letter in letters if letter.projection != "events"}
    expected = {(topics.ballots, first + 2 * n + 1): bad for n, bad in enumerate(BAD_BALLOTS)} | {
        (topics.ledger, last_commit - len(BAD_COMMITS) + 1 + n): bad for n, bad in enumerate(BAD_COMMITS)
    }
    assert told.keys() == expected.keys()
    for place, bad in expected.items():
        assert told[place].reason
        assert base64.b64decode(told[place].value_base64 or "") == bad
        assert told[place].partition == (partition if place[0] == topics.ballots else 0)
    assert projector.stop() == 0


def test_another_number_of_partitions_is_refused_in_one_line(installation: Installation) -> None:
    async def add_a_partition() -> None:
        admin = AIOKafkaAdminClient(**installation.kafka.client_options())
        await admin.start()
        await admin.create_partitions({installation.topics.ballots: NewPartitions(13)})
        await admin.close()

    in_own_loop(add_a_partition())
    projector = installation.projector()
    projector.start()
    assert projector.wait() == 1
    (complaint,) = [line for line in projector.printed.splitlines() if line.startswith("projector: ")]
    assert "13 partitions, but this log was opened with 12" in complaint
    assert "GROUNDSWELL_TOPIC_PREFIX" in complaint, "it has to say what to do"
    assert "Traceback" not in projector.printed
