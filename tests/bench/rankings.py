"""A page of a ranking over many posts and votes: over HTTP, asked anew and from memory; now and at past moments."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlencode

from events.times import format_time
from projections.ranking.formulas import FORMULAS
from projections.ranking.query import Cursor, RankingRequest, ranking_query
from tests.bench import big_view
from tests.bench.connection import Caller, connect_caller, request
from tests.bench.figures import Figure, latencies
from tests.bench.process import Watch, peak_mib, resident_mib
from tests.bench.stack import WORKSPACE, Api, Place, Stack, say

BENCH = "ranking page"
COLD = "30 ms"
CACHED = "3 ms"
AS_OF = "1,000 ms"
HOT = ("top", "trending", "recent")
"""What products show to everybody, all the time."""
MERGE_SECONDS = 60.0

Query = dict[str, str | int]


def rankings(stack: Stack) -> Iterator[Figure]:
    """100,000 posts and 10 million votes; one reader at a time."""
    posts, votes = stack.sized(100_000, 200), stack.sized(10_000_000, 10_000)
    with stack.place("rankings") as place:
        key = place.open_workspace(posts=0, boards=big_view.BOARDS)
        place.install()
        big_view.make(place, posts, votes)
        await_merges(place)
        api = place.start_api()
        size = f"{posts:,} posts, {votes:,} votes"
        yield from _direct(place, size)
        yield from asyncio.run(_over_http(place, api, key, posts))
        yield Figure("memory", "API, resident after the rankings", resident_mib(api.service.pid), "MiB")
        yield Figure("memory", "ClickHouse, resident after the rankings", resident_mib(stack.clickhouse.pid), "MiB")
        yield Figure("memory", "ClickHouse, peak", peak_mib(stack.clickhouse.pid), "MiB", note=size)


def await_merges(place: Place) -> None:
    """Until ClickHouse has merged what it wants to, or it takes too long."""
    say("waiting for merges")
    deadline = time.monotonic() + MERGE_SECONDS
    running = f"SELECT count() FROM system.merges WHERE database = '{place.database}'"
    while place.client.query(running).result_rows[0][0] and time.monotonic() < deadline:
        time.sleep(0.5)


def _direct(place: Place, size: str) -> Iterator[Figure]:
    """The query alone, from ClickHouse over its own HTTP interface."""
    query = ranking_query(RankingRequest(workspace=WORKSPACE, formula=FORMULAS["top"], limit=20), place.database)
    place.client.query(query.sql, parameters=dict(query.parameters))
    seconds = []
    for _ in range(50):
        began = time.perf_counter()
        place.client.query(query.sql, parameters=dict(query.parameters))
        seconds.append(time.perf_counter() - began)
    yield from latencies(BENCH, "by top, the query alone, asked of ClickHouse", seconds, p99=COLD, note=size)


async def _over_http(place: Place, api: Api, key: str, posts: int) -> list[Figure]:
    caller = await connect_caller(api.port)
    pages = Pages(caller, key, place.pids())
    figures: list[Figure] = []
    for name in HOT:
        figures += await pages.anew(f"by {name}", {"by": name})
    for name in sorted(FORMULAS.keys() - set(HOT)):
        figures += await pages.anew(f"by {name}", {"by": name}, AS_OF, 5)
    figures += await pages.anew("of one board", {"board": "board-3"})
    figures += await pages.anew(f"after place {posts // 2:,}", {"cursor": _cursor_at(place, posts // 2)})
    figures += latencies(BENCH, "cached", await pages.cached({"by": "top"}), p99=CACHED)
    for day in (30, 200, 350):
        moment = format_time(big_view.BEGAN + day * big_view.DAY)
        figures += await pages.anew(f"as of {moment[:10]}", {"as_of": moment}, AS_OF, 10)
    moment = format_time(big_view.BEGAN + 200 * big_view.DAY)
    both: Query = {"as_of": moment, "known_at": moment}
    figures += await pages.anew(f"as of and as known at {moment[:10]}", both, "", 3)
    caller.close()
    return figures


class Pages:
    """Asks for pages over one connection."""

    def __init__(self, caller: Caller, key: str, pids: Mapping[str, int]) -> None:
        self._caller = caller
        self._key = key
        self._pids = pids

    async def anew(self, what: str, query: Query, target: str = COLD, count: int = 50) -> Sequence[Figure]:
        """Each with another limit, so that none is in memory already; the first is not counted."""
        say(f"ranking {query}")
        await self._ask({**query, "limit": 20})
        watch = Watch(self._pids)
        began = time.perf_counter()
        seconds = [await self._ask({**query, "limit": 21 + number}) for number in range(count)]
        passed = time.perf_counter() - began
        spent = ", ".join(f"{name} {cores * passed / count * 1e3:.1f} ms" for name, cores in watch.cores().items())
        return latencies(BENCH, f"{what}, asked anew", seconds, p99=target, note=f"processor time each: {spent}")

    async def cached(self, query: Query, count: int = 2000) -> Sequence[float]:
        """The same page again and again; it is asked anew in between when it is older than the cache keeps it."""
        say(f"ranking {query}, cached")
        await self._ask(query)
        return [await self._ask(query) for _ in range(count)]

    async def _ask(self, query: Query) -> float:
        answer = await self._caller.call(request("GET", f"/v1/ranking?{urlencode(query)}", self._key))
        if answer.status != 200:
            raise RuntimeError(f"{query}: {answer.status} {answer.body.decode()[:500]}")
        return answer.seconds


def _cursor_at(place: Place, place_in_ranking: int) -> str:
    """The cursor of the page after a place of the ranking by top."""
    rows = place.client.query(
        f"SELECT score, toUnixTimestamp64Milli(created_at), post FROM {place.database}.ranking "
        "WHERE workspace = {workspace:String} ORDER BY score DESC, created_at, post LIMIT 1 OFFSET {place:UInt32}",
        parameters={"workspace": WORKSPACE, "place": place_in_ranking - 1},
    ).result_rows
    return Cursor("top", place_in_ranking, *rows[0]).token()
