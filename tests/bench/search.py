"""Search and similar posts over 100,000 posts: over HTTP, and the queries alone with the text index and without it."""

import asyncio
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any
from urllib.parse import urlencode

from projections.clickhouse.query import Query
from projections.posts.filters import PostFilter
from projections.posts.tables import POSTS
from projections.search.queries import Search, search_query
from projections.search.similar import Draft, candidates_query
from projections.search.words import searched_words
from tests.bench.connection import Caller, connect_caller, request
from tests.bench.figures import Figure, latencies
from tests.bench.process import Watch, resident_mib
from tests.bench.stack import WORKSPACE, Place, Stack, say

BENCH = "search"
VOCABULARY = 20_000
BLOCK = 20_000
ASKED = 100
BEGAN = 1_735_689_600_000

_CONSONANTS = ["b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "st", "tr", "pl", "sh"]
_VOWELS = ["a", "e", "i", "o", "u", "ea", "ou"]
_ENDINGS = ["", "n", "s", "t", "ing", "er", "ed"]


class Texts:
    """Titles and bodies of made-up words: a few are everywhere, most hardly anywhere, as in any language."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        words: dict[str, None] = {}
        while len(words) < VOCABULARY:
            words[self._word()] = None
        self._words = list(words)
        self._weights = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))

    def text(self, least: int, most: int) -> str:
        """So many words."""
        count = self._random.randint(least, most)
        return " ".join(self._random.choices(self._words, cum_weights=self._weights, k=count)).capitalize()

    def some_of(self, text: str) -> str:
        """One to four words of a text, as somebody looks for it."""
        words = text.split()
        return " ".join(self._random.sample(words, min(len(words), self._random.choice([1, 2, 2, 3, 4]))))

    def mistyped(self, text: str) -> str:
        """The text with two letters the wrong way round."""
        at = self._random.randrange(len(text) - 1)
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]

    def _word(self) -> str:
        choose = self._random.choice
        syllables = (choose(_CONSONANTS) + choose(_VOWELS) for _ in range(choose([1, 2, 2, 2, 3, 3, 4])))
        return "".join(syllables) + choose(_ENDINGS)


def search(stack: Stack) -> Iterator[Figure]:
    """One reader at a time, each time with other words."""
    count = stack.sized(100_000, 500)
    with stack.place("search") as place:
        key = place.open_workspace(posts=0)
        place.install()
        texts = Texts(1)
        titles = _make(place, texts, count)
        asked = [texts.some_of(title) for title in random.Random(2).choices(titles, k=ASKED)]
        drafts = [texts.mistyped(title) for title in random.Random(3).choices(titles, k=ASKED)]
        size = f"{count:,} posts"
        yield from _alone(place, asked, drafts, size)
        api = place.start_api()
        yield from asyncio.run(_over_http(api.port, key, asked, drafts, size))
        yield Figure("memory", "ClickHouse, resident after the search", resident_mib(stack.clickhouse.pid), "MiB")


def _make(place: Place, texts: Texts, count: int) -> Sequence[str]:
    say(f"{count:,} posts into ClickHouse")
    titles: list[str] = []
    for start in range(0, count, BLOCK):
        rows = []
        for number in range(start, min(start + BLOCK, count)):
            titles.append(texts.text(3, 10))
            rows.append(_row(number, titles[-1], texts.text(10, 120)))
        names = list(POSTS.columns)
        place.client.insert(f"{place.database}.{POSTS.stored_as(1)}", rows, column_names=names)
    return titles


def _row(number: int, title: str, body: str) -> Sequence[Any]:
    title_words, words = searched_words(title, body)
    said: Mapping[str, Any] = {
        "workspace": WORKSPACE, "post": f"{number * 2654435761 % 2**32:08x}", "board": f"board-{number % 8}",
        "title": title, "body": body, "status": "open", "kind": "open", "revision": 1, "version": number,
        "title_words": title_words, "words": list(words),
        **dict.fromkeys(("created_at", "occurred_at", "recorded_at"), BEGAN // 1000 + number),
        "tags": [], "fields": [], **dict.fromkeys(("archived", "deleted", "pinned"), False),
    }  # fmt: skip
    return [said.get(name, "") for name in POSTS.columns]


def _alone(place: Place, asked: Sequence[str], drafts: Sequence[str], size: str) -> Iterator[Figure]:
    """The queries, asked of ClickHouse over its own HTTP interface."""
    for index, called in ((1, "with the text index"), (0, "without it")):
        for complete, which in ((True, "all words"), (False, "some words")):
            queries = [_search(place, text, complete=complete) for text in asked]
            seconds, spent = _time(place, queries, use_skip_indexes=index)
            yield from latencies(BENCH, f"{which}, the query alone, {called}", seconds, note=f"{size}; {spent}")
    drafted = [Draft.of(draft) for draft in drafts]
    candidates = [candidates_query(place.database, WORKSPACE, draft, PostFilter()) for draft in drafted]
    seconds, spent = _time(place, candidates)
    yield from latencies(BENCH, "candidates for similar ones, the query alone", seconds, note=f"{size}; {spent}")


def _search(place: Place, text: str, *, complete: bool) -> Query:
    words = tuple(text.lower().split())
    return search_query(place.database, Search(workspace=WORKSPACE, words=words), complete=complete, limit=21)


def _time(place: Place, queries: Sequence[Query], **settings: int) -> tuple[Sequence[float], str]:
    """How long each took (but for the first, which is asked twice), and what it cost ClickHouse."""
    seconds: list[float] = []
    watch = Watch({"ClickHouse": place.stack.clickhouse.pid})
    for query in [queries[0], *queries]:
        began = time.perf_counter()
        place.client.query(query.sql, parameters=dict(query.parameters), settings=settings)
        seconds.append(time.perf_counter() - began)
    spent = watch.cores()["ClickHouse"] * sum(seconds) / len(seconds)
    return seconds[1:], f"processor time each: ClickHouse {spent * 1e3:.0f} ms"


async def _over_http(port: int, key: str, asked: Sequence[str], drafts: Sequence[str], size: str) -> Sequence[Figure]:
    caller = await connect_caller(port)
    searches = [f"/v1/search?{urlencode({'q': text})}" for text in asked]
    similar = [f"/v1/posts:similar?{urlencode({'title': draft})}" for draft in drafts]
    figures = [
        *latencies(BENCH, "GET /v1/search, a page of 20", await _ask(caller, key, searches), note=size),
        *latencies(BENCH, "GET /v1/posts:similar", await _ask(caller, key, similar), note=size),
    ]
    caller.close()
    return figures


async def _ask(caller: Caller, key: str, paths: Sequence[str]) -> Sequence[float]:
    seconds = []
    for path in [paths[0], *paths]:
        answer = await caller.call(request("GET", path, key))
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {answer.body.decode()[:500]}")
        seconds.append(answer.seconds)
    return seconds[1:]
