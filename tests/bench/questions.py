"""What a product manager asks, over 100,000 posts and 10 million votes: each metric, the page, and more."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlencode

from events.times import format_time
from projections.metrics import METRICS
from tests.bench import big_view, big_work
from tests.bench.connection import Caller, connect_caller, request
from tests.bench.figures import Figure, latencies
from tests.bench.process import Watch, peak_mib, resident_mib
from tests.bench.rankings import await_merges
from tests.bench.stack import Place, Stack, say

ANEW = 5
CACHED = 200
_END = big_view.BEGAN + 365 * big_view.DAY
_QUARTER_AGO = format_time(_END - 91 * big_view.DAY)

ASKED: Mapping[str, tuple[str, dict[str, str]]] = {
    "forecast of a roadmap": (f"/v1/roadmaps/{big_work.ROADMAP}/forecast", {}),
    "forecasts held": ("/v1/forecasts/calibration", {}),
    "report of all teams": ("/v1/teams:report", {}),
    "coverage by goal": ("/v1/goals:coverage", {}),
    "quality after shipping": ("/v1/quality", {}),
    "demand of a plan": ("/v1/demand", {"plan": "enterprise"}),
    "demand of a company": ("/v1/demand", {"company": "company-7"}),
    "movement since a quarter": ("/v1/ranking/movement", {"since": _QUARTER_AGO}),
    "places of a post in a year, by week": ("/v1/posts/post-3/rank-history", {
        "from": format_time(big_view.BEGAN), "to": format_time(_END), "every": "week",
    }),
}  # fmt: skip


def questions(stack: Stack) -> Iterator[Figure]:
    """One reader at a time; `anew` is never in memory, `cached` mostly is."""
    posts, votes = stack.sized(100_000, 2_000), stack.sized(10_000_000, 20_000)
    with stack.place("questions") as place:
        key = place.open_workspace(posts=4, boards=big_view.BOARDS)
        place.install()
        big_view.make(place, posts, votes)
        big_work.make(place, posts)
        await_merges(place)
        api = place.start_api(GROUNDSWELL_API_QUERY_SECONDS="120")
        size = f"{posts:,} posts, {votes:,} votes"
        yield from asyncio.run(_asked(place, api.port, key, size))
        yield Figure("memory", "API, resident after the questions", resident_mib(api.service.pid), "MiB")
        yield Figure("memory", "ClickHouse, peak", peak_mib(stack.clickhouse.pid), "MiB", note=size)


async def _asked(place: Place, port: int, key: str, size: str) -> list[Figure]:
    asker = _Asker(await connect_caller(port), key, place.pids(), size)
    figures: list[Figure] = []
    year = {"from": format_time(big_view.BEGAN), "to": format_time(_END), "every": "month"}
    for metric in METRICS:
        figures += await asker.both("metric", f"{metric.name}, a year by month", f"/v1/metrics/{metric.name}", year)
    figures += await asker.both("metric", "all, with their last values", "/v1/metrics", {})
    for what, (path, query) in ASKED.items():
        figures += await asker.anew("question", what, path, query)
    figures += await asker.both("page", "the whole page", "/report", {})
    asker.close()
    return figures


class _Asker:
    """Asks over one connection."""

    def __init__(self, caller: Caller, key: str, pids: Mapping[str, int], size: str) -> None:
        self._caller = caller
        self._key = key
        self._pids = pids
        self._size = size
        self._asked = 0

    async def both(self, bench: str, what: str, path: str, query: dict[str, str]) -> Sequence[Figure]:
        """Asked anew, and again and again."""
        anew = await self.anew(bench, what, path, query)
        again = {**query, "as_of": format_time(_END)}
        await self._ask(path, again)
        cached = [await self._ask(path, again) for _ in range(CACHED)]
        return [*anew, latencies(bench, f"{what}, cached", cached)[0]]

    async def anew(self, bench: str, what: str, path: str, query: dict[str, str]) -> Sequence[Figure]:
        """Each as of another moment, so that none is in memory; the first is not counted."""
        say(f"{path} {query}")
        takes = {} if "since" in query or "rank-history" in path else {"as_of": ""}
        await self._ask(path, self._another(query, takes))
        watch = Watch(self._pids)
        seconds = [await self._ask(path, self._another(query, takes)) for _ in range(ANEW)]
        spent = watch.cores().get("ClickHouse", 0.0) * sum(seconds) / ANEW
        note = f"{self._size}; processor time each: ClickHouse {spent:.2f} s"
        p50, _, longest = latencies(bench, f"{what}, asked anew", seconds, note=note)
        return [p50, longest]

    def close(self) -> None:
        self._caller.close()

    def _another(self, query: dict[str, str], takes: dict[str, str]) -> dict[str, str]:
        self._asked += 1
        return {**query, **{name: format_time(_END - self._asked) for name in takes}}

    async def _ask(self, path: str, query: Mapping[str, str]) -> float:
        answer = await self._caller.call(request("GET", f"{path}?{urlencode(query)}", self._key))
        if answer.status != 200:
            raise RuntimeError(f"{path} {query}: {answer.status} {answer.body.decode()[:500]}")
        return answer.seconds
