"""Whether the tables are what the log means: by the naive yardsticks, and by one undisturbed fold."""

from collections import defaultdict
from collections.abc import Mapping
from math import isclose, log2

from projections.fold import Row
from projections.table import Table
from projections.votes.tables import STANDINGS, TALLIES
from services.projector.memory import MemoryDeadLetters, MemoryStores, MemoryView
from services.projector.runner import Runner
from tests.simulation.log import BALLOT_PARTITIONS, SimulatedLog
from tests.simulation.ports import standing
from tests.simulation.process import EPOCH, POSTS, READS, VOTES
from tests.support import naive

Tables = Mapping[str, Mapping[Row, Row]]


def verdict(log: SimulatedLog, views: Mapping[str, MemoryView], letters: MemoryDeadLetters) -> None:
    """Fail where anything differs from what the log means."""
    votes, posts = views[VOTES.name].tables, views[POSTS.name].tables
    _judge_votes(log, votes)
    _judge_ledger(log, posts)
    _equal("dead letters", set(letters.letters), log.refused)
    undisturbed = _undisturbed(log)
    for name, view in views.items():
        expected = undisturbed[name]
        for table in view.tables.keys() | expected.tables.keys():
            _equal(table, view.tables.get(table, {}), expected.tables.get(table, {}))
        _equal(f"progress of {name}", view.progress, expected.progress)


def _judge_votes(log: SimulatedLog, tables: Tables) -> None:
    standing_votes = naive.standing(log.ballots)
    votes = {row[:3]: row[3:6] for row in tables.get("votes", {}).values() if row[3]}
    _equal("standing votes", votes, standing_votes)
    history = {
        (*row[:3], row[7]): (row[9], row[10], row[11], row[12], row[5])
        for row in tables.get("vote_history", {}).values()
    }
    _equal("changes of votes", history, naive.history(log.ballots))
    expected = naive.tallies(standing_votes.items())
    sums: dict[Row, list[Row]] = defaultdict(list)
    for row in tables.get("tallies", {}).values():
        sums[row[:2]].append(row)
    tallies = {key: tuple(sum(part[n] for part in parts) for n in (3, 4, 5)) for key, parts in sums.items()}
    _equal("tallies", {k: v for k, v in tallies.items() if any(v)}, {key: row[:3] for key, row in expected.items()})
    for key, parts in sums.items():
        trends = [part[6] for part in parts if part[3]]
        shown = max(trends) + log2(sum(2 ** (trend - max(trends)) for trend in trends)) if trends else 0.0
        assert isclose(shown, expected.get(key, (0, 0, 0, 0.0))[3], abs_tol=1e-6), f"trend of {key}"


def _judge_ledger(log: SimulatedLog, tables: Tables) -> None:
    meaning = log.meaning()
    _equal("boards", tables.get("boards", {}), meaning.boards)
    _equal("posts", tables.get("posts", {}), meaning.posts)
    _equal("post_history", tables.get("post_history", {}), meaning.history)


def _undisturbed(log: SimulatedLog) -> Mapping[str, MemoryView]:
    """What one runner makes of the whole log at once."""
    views: dict[str, MemoryView] = {}
    for projection in (VOTES, POSTS):
        view = views[projection.name] = MemoryView()
        runner = Runner(
            projection, view, MemoryStores(), MemoryDeadLetters(), EPOCH, partition_count=lambda _: BALLOT_PARTITIONS
        )
        for partition in READS[projection.name]:
            runner.open(partition)
            runner.feed(log.batch(partition, 0, log.end(partition)))
        runner.flush()
    _derive(views[VOTES.name])
    return views


def _derive(view: MemoryView) -> None:
    parts: dict[Row, list[Row]] = defaultdict(list)
    for row in view.rows(TALLIES.name):
        parts[row[:2]].append(row)
    if parts:
        stated = [standing(key, rows) for key, rows in parts.items()]
        view.insert(Table(STANDINGS.name, STANDINGS.columns, STANDINGS.key), stated, "")


def _equal(what: str, found: object, expected: object) -> None:
    assert found == expected, f"{what}: {_difference(found, expected)}"


def _difference(found: object, expected: object) -> str:
    if isinstance(found, Mapping) and isinstance(expected, Mapping):
        keys = [key for key in found.keys() | expected.keys() if found.get(key) != expected.get(key)]
        return "; ".join(f"{key} is {found.get(key)}, should be {expected.get(key)}" for key in keys[:3])
    return f"{found}, should be {expected}"
