"""From Kafka to ClickHouse: our projector, and beside it a stock Faust agent that does the same fold."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import msgspec

from projections.clickhouse.schema import PROGRESS_TABLE
from tests.bench.figures import Figure
from tests.bench.process import ServiceStuck, Watch, busy, peak_mib
from tests.bench.stack import Place, Stack, say
from tests.bench.stock_faust import StockFindings
from tests.bench.votes_mix import MIX, PERSONS, POSTS, fill

BENCH = "projector"
TARGET = "100,000 votes/s"
PATIENCE_SECONDS = 300.0
STOCK_SECONDS = 90.0
STOCK_TRIES = 2

Modules = {"votes": "tests.bench.only_votes", "all": "services.projector"}


class Run(NamedTuple):
    """What one run came to; `busy` are cores."""

    votes: int
    seconds: float
    peak_mib: float
    note: str

    @property
    def rate(self) -> float:
        return self.votes / self.seconds


def projector(stack: Stack) -> Iterator[Figure]:
    """Ours, the stock agent, ours again, all on the same log one after the other."""
    count = stack.sized(1_000_000, 5000)
    with stack.place("projector") as place:
        asyncio.run(fill(place.kafka, count))
        first = fold_live(place, "votes", count, "first")
        yield _figure(f"votes alone, {count:,} votes", first, TARGET, f"{PERSONS:,} persons, {POSTS} posts: {MIX}")
        everything = fold_live(place, "all", count, "all")
        yield _figure("all projections (votes, posts, events)", everything, TARGET)
        stock = fold_stock(place, "dict", stack.sized(50_000, 500))
        tables = fold_stock(place, "tables", stack.sized(10_000, 200))
        if stock is not None:
            yield _figure("stock Faust agent, state in a dict", stock)
        if tables is not None:
            yield _figure("stock Faust agent, state in its tables (RocksDB)", tables)
        second = fold_live(place, "votes", count, "second")
        yield _figure("votes alone, again", second, TARGET)
        yield from _ratios([first, second], everything, stock, tables)


def _figure(what: str, run: Run, target: str = "", note: str = "") -> Figure:
    described = "; ".join(filter(None, (note, f"{run.votes:,} in {run.seconds:.1f} s", run.note)))
    return Figure(BENCH, what, run.rate, "votes/s", target, described)


def _ratios(ours: Sequence[Run], everything: Run, stock: Run | None, tables: Run | None) -> Iterator[Figure]:
    rate = sum(run.rate for run in ours) / len(ours)
    if stock is not None:
        yield _ratio("ours (votes alone, mean) to the stock agent", rate / stock.rate)
        yield _ratio("ours (all projections) to the stock agent", everything.rate / stock.rate)
    if tables is not None:
        yield _ratio("ours (votes alone, mean) to the stock agent with tables", rate / tables.rate)
    peak = max(run.peak_mib for run in (*ours, everything))
    yield Figure("memory", "projector, peak over these runs", peak, "MiB")


def _ratio(what: str, times: float) -> Figure:
    return Figure(BENCH, what, times, "times", "15 times")


def fold_live(place: Place, which: Literal["votes", "all"], count: int, name: str) -> Run:
    """From taking up the partitions to the progress of every projection of votes at the log's end."""
    say(f"the projector, {which}, {count:,} votes")
    beside = place.beside(name)
    beside.install()
    service = beside.start("projector", Modules[which])
    began = service.until(lambda: "partitions taken up" in service.printed(), every=0.005)
    watch = Watch(beside.pids())
    ended = service.until(lambda: _folded(beside, which) >= count, PATIENCE_SECONDS, every=0.05)
    note = busy(watch.cores())
    peak = peak_mib(service.pid)
    service.stop()
    beside.drop()
    return Run(count, ended - began, peak, f"{note}; peak {peak:,.0f} MiB")


def _folded(place: Place, which: Literal["votes", "all"]) -> int:
    """How many votes the slowest projection has in ClickHouse."""
    names = ("votes",) if which == "votes" else ("votes", "events")
    rows = place.client.query(
        f"SELECT projection, sum(next_offset) FROM {place.database}.{PROGRESS_TABLE} FINAL "
        "WHERE topic LIKE '%.ballots' GROUP BY projection"
    ).result_rows
    found: dict[str, int] = {name: int(offset) for name, offset in rows}
    return min(found.get(name, 0) for name in names)


def fold_stock(place: Place, state: Literal["dict", "tables"], count: int) -> Run | None:
    """From its first event to the last one's rows in ClickHouse, by its own clock; None if it does not get there.

    Stock Faust can stall for good with no error after a start: then it gets another try.
    """
    for attempt in range(STOCK_TRIES):
        say(f"a stock Faust agent, state in {state}, {count:,} votes")
        try:
            return _stock_once(place.beside(f"stock_{state}_{attempt}"), state, count)
        except ServiceStuck as error:
            say(f"it did not get there: {error}")
    return None


def _stock_once(place: Place, state: str, count: int) -> Run:
    place.install()
    service = place.start("stock", "tests.bench.stock_faust", [state, str(count)])
    try:
        service.until(lambda: "FOUND " in service.printed(), STOCK_SECONDS, every=0.2)
        line = next(line for line in service.printed().splitlines() if line.startswith("FOUND "))
        found = msgspec.json.decode(line.removeprefix("FOUND "), type=StockFindings)
        peak = peak_mib(service.pid)
    finally:
        service.kill()
    rows = place.client.query(f"SELECT count() FROM {place.database}.vote_history_g1 FINAL").result_rows[0][0]
    place.drop()
    note = f"cores busy: stock {found.cpu:.2f}; peak {peak:,.0f} MiB; {rows:,} rows of history"
    return Run(found.votes, found.seconds, peak, note)
