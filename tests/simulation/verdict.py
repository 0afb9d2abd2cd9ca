"""Whether the tables are what the log means: by the naive yardsticks, and by one undisturbed fold."""

from collections import defaultdict
from collections.abc import Mapping
from math import isclose, log2

from events.position import Partition
from projections.fold import Row
from projections.table import Table
from projections.votes.tables import STANDINGS, TALLIES
from services.projector.memory import MemoryDeadLetters, MemoryStores, MemoryView
from services.projector.runner import Runner
from tests.simulation.log import BALLOT_PARTITIONS, PARTITIONS, RULED, SimulatedLog
from tests.simulation.ports import standing
from tests.simulation.process import EPOCH, PROJECTIONS, READS, Key
from tests.support import naive, naive_rules
from tests.support.ballots import MemoryLog
from tests.support.naive_rules import Counted, Said

Tables = Mapping[str, Mapping[Row, Row]]


def verdict(log: SimulatedLog, views: Mapping[Key, MemoryView], letters: MemoryDeadLetters) -> None:
    """Fail where anything differs from what the log means."""
    same("dead letters", set(letters.letters), log.refused)
    ends = {partition: log.end(partition) for partition in PARTITIONS}
    for (name, generation), view in views.items():
        what = f"{name} {generation}"
        if name == "votes":
            _judge_votes(what, _free(log.ballots), _free_rows(view.tables))
            _judge_ruled(what, log, view.tables)
        else:
            _judge_ledger(what, log, view.tables)
        expected = _undisturbed(log, name, ends)
        same(what, view.tables, expected.tables)
        same(f"progress of {what}", view.progress, expected.progress)


def judge_at(log: SimulatedLog, at: Mapping[Partition, int], votes: MemoryView) -> None:
    """Fail where the votes are not what the log means up to these offsets."""
    same("votes at a barrier", votes.tables, _undisturbed(log, "votes", at).tables)


def same(what: str, found: object, expected: object) -> None:
    """Fail where they are not, and say how."""
    assert found == expected, f"{what}: {_difference(found, expected)}"


def _judge_votes(what: str, log: MemoryLog, tables: Tables) -> None:
    standing_votes = naive.standing(log)
    votes = {row[:3]: row[3:6] for row in tables.get("votes", {}).values() if row[3]}
    same(f"{what}: standing votes", votes, standing_votes)
    history = {
        (*row[:3], row[7]): (row[9], row[10], row[11], row[12], row[5])
        for row in tables.get("vote_history", {}).values()
    }
    same(f"{what}: changes of votes", history, naive.history(log))
    expected = naive.tallies(standing_votes.items())
    sums: dict[Row, list[Row]] = defaultdict(list)
    for row in tables.get("tallies", {}).values():
        sums[row[:2]].append(row)
    tallies = {key: tuple(sum(part[n] for part in parts) for n in (3, 4, 5)) for key, parts in sums.items()}
    same(
        f"{what}: tallies",
        {k: v for k, v in tallies.items() if any(v)},
        {key: row[:3] for key, row in expected.items()},
    )
    for key, parts in sums.items():
        trends = [part[6] for part in parts if part[3]]
        shown = max(trends) + log2(sum(2 ** (trend - max(trends)) for trend in trends)) if trends else 0.0
        assert isclose(shown, expected.get(key, (0, 0, 0, 0.0))[3], abs_tol=1e-6), f"trend of {key}"


def _free(log: MemoryLog) -> MemoryLog:
    """The ballots that are under no rules."""
    records = [[record for record in partition if record.vote.workspace != RULED] for partition in log.records]
    free = MemoryLog(partitions=log.partitions)
    free.records = records
    return free


def _free_rows(tables: Tables) -> Tables:
    return {name: {key: row for key, row in rows.items() if row[0] != RULED} for name, rows in tables.items()}


def _judge_ruled(what: str, log: SimulatedLog, tables: Tables) -> None:
    """What counts under rules, partition by partition: where a person is, so are the rulings."""
    found = {
        (row[2], row[1]): Counted(row[3], row[4], row[5], row[8])
        for row in tables.get("votes", {}).values()
        if row[0] == RULED and (row[3] or row[8])
    }
    expected: dict[tuple[str, str], Counted] = {}
    for partition, rules in enumerate(log.rules):
        votes: dict[tuple[str, str, str], Said] = {}
        for record in log.ballots.records[partition]:
            vote = record.vote
            if vote.workspace == RULED:
                importance = vote.importance if vote.value else 0
                said = Said((vote.time, record.offset), vote.person, vote.post, vote.value, importance)
                votes.setdefault((vote.post, vote.person, vote.id), said)
        expected |= naive_rules.standings(list(votes.values()), rules, (10**15, 0))
    same(f"{what}: what counts under rules", found, expected)


def _judge_ledger(what: str, log: SimulatedLog, tables: Tables) -> None:
    meaning = log.meaning()
    same(f"{what}: boards", tables.get("boards", {}), meaning.boards)
    same(f"{what}: posts", tables.get("posts", {}), meaning.posts)
    same(f"{what}: post_history", tables.get("post_history", {}), meaning.history)
    same(f"{what}: status_history", tables.get("status_history", {}), meaning.statuses)


def _undisturbed(log: SimulatedLog, name: str, ends: Mapping[Partition, int]) -> MemoryView:
    """What one runner makes of the log up to there at once."""
    view = MemoryView()
    runner = Runner(
        PROJECTIONS[name], view, MemoryStores(), MemoryDeadLetters(), EPOCH, partition_count=lambda _: BALLOT_PARTITIONS
    )
    for partition in READS[name]:
        runner.open(partition)
        runner.feed(log.batch(partition, 0, ends[partition]))
    runner.flush()
    _derive(view)
    return view


def _derive(view: MemoryView) -> None:
    parts: dict[Row, list[Row]] = defaultdict(list)
    for row in view.rows(TALLIES.name):
        parts[row[:2]].append(row)
    if parts:
        stated = [standing(key, rows) for key, rows in parts.items()]
        view.insert(Table(STANDINGS.name, STANDINGS.columns, STANDINGS.key), stated, "")


def _difference(found: object, expected: object) -> str:
    if isinstance(found, Mapping) and isinstance(expected, Mapping):
        keys = [key for key in found.keys() | expected.keys() if found.get(key) != expected.get(key)]
        if any(isinstance(found.get(key), Mapping) for key in keys):
            return "; ".join(f"{key}: {_difference(found.get(key, {}), expected.get(key, {}))}" for key in keys)
        return "; ".join(f"{key} is {found.get(key)}, should be {expected.get(key)}" for key in keys[:3])
    return f"{found}, should be {expected}"
