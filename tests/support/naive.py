"""What a log of ballots means, as plainly as can be and independently of the fold: the tests' yardstick."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from math import log2

from tests.support.ballots import Appended, MemoryLog

HALF_LIFE_MS = 7 * 24 * 60 * 60 * 1000
Y2000_MS = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp() * 1000)


def timelines(log: MemoryLog, known_at: int | None = None) -> dict[tuple[str, str, str], list[Appended]]:
    """Each (workspace, post, person)'s changes: an id counts once, in order of time and then of the log."""
    found: dict[tuple[str, str, str], list[Appended]] = defaultdict(list)
    for records in log.records:
        for record in records:
            if known_at is not None and record.recorded > known_at:
                continue
            vote = record.vote
            timeline = found[vote.workspace, vote.post, vote.person]
            if all(known.vote.id != vote.id for known in timeline):
                timeline.append(record)
    return {key: sorted(line, key=lambda record: (record.vote.time, record.offset)) for key, line in found.items()}


def since(timeline: list[Appended], index: int) -> int:
    """Since when the value of the index-th change stands."""
    while index > 0 and timeline[index - 1].vote.value == timeline[index].vote.value:
        index -= 1
    return timeline[index].vote.time


def standing(
    log: MemoryLog, as_of: int | None = None, known_at: int | None = None
) -> dict[tuple[str, str, str], tuple]:
    """Who stands where: (value, importance, since) of each vote that is not withdrawn."""
    found = {}
    for key, line in timelines(log, known_at).items():
        reached = [record for record in line if as_of is None or record.vote.time <= as_of]
        if reached and reached[-1].vote.value:
            last = reached[-1].vote
            found[key] = (last.value, last.importance, since(reached, len(reached) - 1))
    return found


def tallies(standings: Iterable[tuple[tuple[str, str, str], tuple]]) -> dict[tuple[str, str], tuple]:
    """(up, down, importance, trend) of each post that somebody stands on."""
    by_post: dict[tuple[str, str], list[tuple]] = defaultdict(list)
    for (workspace, post, _), stands in standings:
        by_post[workspace, post].append(stands)
    return {
        post: (
            sum(value > 0 for value, _, _ in votes),
            sum(value < 0 for value, _, _ in votes),
            sum(importance for value, importance, _ in votes if value > 0),
            trend([begun for value, _, begun in votes if value > 0]),
        )
        for post, votes in by_post.items()
    }


def trend(moments: list[int]) -> float:
    """log2 of the sum of 2^half-lives since 2000."""
    if not moments:
        return 0.0
    ages = [max((moment - Y2000_MS) / HALF_LIFE_MS, 0.0) for moment in moments]
    newest = max(ages)
    return newest + log2(sum(2 ** (age - newest) for age in ages))


def history(log: MemoryLog) -> dict[tuple[str, str, str, str], tuple[int, int, int, int, int]]:
    """Of each event that counts: value before and after, importance before and after, and when it happened."""
    found = {}
    for key, line in timelines(log).items():
        for index, record in enumerate(line):
            before = line[index - 1].vote if index else None
            vote = record.vote
            found[(*key, vote.id)] = (
                before.value if before else 0,
                vote.value,
                before.importance if before and before.value else 0,
                vote.importance if vote.value else 0,
                vote.time,
            )
    return found
