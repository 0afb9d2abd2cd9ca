"""Appending ballots by the hundred thousand."""

from collections import defaultdict
from collections.abc import Iterable

from events.ballots import Ballot, ballot_key, encode_ballot, partition_of
from events.log.appender import Record
from events.log.topics import Topics
from events.settings import KafkaSettings
from services.importers.log_writer import LogWriter, Partitioned

BATCH = 5000
"""How many ballots are a good batch."""


class BallotWriter(LogWriter):
    """Appends batches of ballots, as `LogWriter` does: every ballot has its id."""

    def __init__(self, settings: KafkaSettings, topics: Topics) -> None:
        super().__init__(settings, topics, topics.ballots)

    async def write(self, ballots: Iterable[Ballot]) -> None:
        """Send a batch; returns when the batch before it is acknowledged."""
        partitioned: Partitioned = defaultdict(list)
        for ballot in ballots:
            key = ballot_key(ballot.source, ballot.data.person)
            partitioned[partition_of(key, self.partitions)].append(Record(key, encode_ballot(ballot)))
        await self.send(partitioned)
