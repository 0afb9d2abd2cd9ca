"""What an import left on the log, read and counted by the test's own hand."""

import asyncio
from collections import defaultdict

from events.ballots import Ballot, VoteCast, decode_ballot
from events.log.opening import open_log
from events.log.reader import end_offsets, read
from events.position import Partition
from events.settings import KafkaSettings


def ballots_on(settings: KafkaSettings) -> list[Ballot]:
    """All of them, partition by partition, each in its order."""

    async def gather() -> list[Ballot]:
        log = await open_log(settings)
        partitions = [Partition(log.ballots, number) for number in range(log.count(log.ballots))]
        ends = await end_offsets(settings, partitions)
        found: defaultdict[int, list[Ballot]] = defaultdict(list)
        async for batch in read(settings, dict.fromkeys(partitions, 0), ends):
            found[batch.partition] += [decode_ballot(value or b"") for value in batch.values]
        return [ballot for number in sorted(found) for ballot in found[number]]

    return asyncio.run(gather())


def tallies(ballots: list[Ballot]) -> dict[str, tuple[int, int]]:
    """Up and down by post: each event once, the last of a person on a post stands."""
    seen: set[str] = set()
    standing: dict[tuple[str, str], tuple[str, int]] = {}
    for ballot in ballots:
        if ballot.id in seen:
            continue
        seen.add(ballot.id)
        value = ballot.data.value if isinstance(ballot, VoteCast) else 0
        key = (ballot.subject, ballot.data.person)
        if ballot.time >= standing.get(key, ("", 0))[0]:
            standing[key] = (ballot.time, value)
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (post, _), (_, value) in standing.items():
        if value:
            counts[post][value < 0] += 1
    return {post: (up, down) for post, (up, down) in counts.items()}
