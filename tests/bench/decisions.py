"""What a decision takes: over HTTP, of one workspace and of many, and on a full roadmap with a long history."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from events.domain.application import Feedback
from events.domain.commands import PutBoard, PutPost
from events.domain.originators import originator_of
from events.domain.roadmaps.commands import PlaceItem, PutRoadmap
from events.ledger.settings import LedgerSettings
from tests.bench.connection import connect_caller, request
from tests.bench.figures import Figure, latencies
from tests.bench.stack import WORKSPACE, Place, Stack, say

THREADS = 50
WORKSPACES = 50
FULL = 2000
"""As many items as a roadmap holds."""

_BENCH = "decisions"


def decisions(stack: Stack) -> Iterator[Figure]:
    """Edits of posts and moves on roadmaps, each admitted by the log before it is answered."""
    with stack.place("decisions") as place:
        key = place.open_workspace(posts=FULL)
        yield from _over_http(place, key, stack.sized(2000, 50))
        feedback = Feedback(place.kafka, LedgerSettings(index=place.folder / "decisions.sqlite"))
        try:
            yield from _at_once(feedback, stack.sized(10_000, 200))
            yield from _full_roadmap(feedback, stack.sized(10_000, 300))
        finally:
            feedback.close()


def _over_http(place: Place, key: str, count: int) -> Iterator[Figure]:
    api = place.start_api()
    say(f"{count:,} decisions over HTTP, one at a time")
    edits = [
        (f"/v1/posts/post-{number % 100}", {"board": "board-0", "title": f"Title {number}"}) for number in range(count)
    ]
    yield from latencies(_BENCH, "an edit of a post over HTTP, one at a time", asyncio.run(_put(api.port, key, edits)))
    asyncio.run(_put(api.port, key, [("/v1/roadmaps/bench", {"name": "Bench"})]))
    moves = [
        (f"/v1/roadmaps/bench/items/post-{number % 100}", {"column": ("now", "next")[number // 100 % 2], "position": 1})
        for number in range(count)
    ]
    yield from latencies(
        _BENCH, "a move on a roadmap of 100 items over HTTP, one at a time", asyncio.run(_put(api.port, key, moves))
    )
    api.service.stop()


async def _put(port: int, key: str, requests: Sequence[tuple[str, object]]) -> list[float]:
    """Seconds that each request took; an answer of another kind than 2xx ends the bench."""
    caller = await connect_caller(port)
    seconds: list[float] = []
    for path, body in requests:
        answer = await caller.call(request("PUT", path, key, msgspec.json.encode(body)))
        if answer.status not in (200, 201):
            raise RuntimeError(f"PUT {path} answered {answer.status}: {answer.body[:300]!r}")
        seconds.append(answer.seconds)
    caller.close()
    return seconds


def _at_once(feedback: Feedback, count: int) -> Iterator[Figure]:
    """From threads of one process, without HTTP: what the ledger itself takes."""
    workspaces = [f"w{number}" for number in range(WORKSPACES)]
    for workspace in workspaces:
        feedback.execute(PutBoard(workspace=workspace, board="board-0", name="Board"))
        feedback.execute(_edit(workspace, 0, "begin"))
    rounds: dict[str, Callable[[int], PutPost]] = {
        "one post": lambda number: _edit(WORKSPACE, 0, f"a{number}"),
        "one workspace, a hundred posts": lambda number: _edit(WORKSPACE, number % 100, f"b{number}"),
        f"{WORKSPACES} workspaces": lambda number: _edit(workspaces[number % WORKSPACES], 0, f"c{number}"),
    }
    for what, command in rounds.items():
        say(f"{count:,} decisions from {THREADS} threads: {what}")
        seconds: list[float] = []
        began = time.perf_counter()
        with ThreadPoolExecutor(THREADS) as pool:
            seconds += pool.map(lambda number, make=command: _timed(feedback, make(number)), range(count))
        rate = count / (time.perf_counter() - began)
        yield Figure(_BENCH, f"decisions on {what}", rate, "decisions/s", "", f"{THREADS} threads of one process")
        yield from latencies(_BENCH, f"one of these, on {what}", seconds)


def _full_roadmap(feedback: Feedback, count: int) -> Iterator[Figure]:
    say(f"a roadmap of {FULL:,} items, {count:,} moves")
    feedback.execute(PutRoadmap(workspace=WORKSPACE, roadmap="full", name="Full"))
    for number in range(FULL):
        feedback.execute(_move(number, "now", None))
    seconds = [
        _timed(feedback, _move(number % FULL, ("next", "now")[number // FULL % 2], 1)) for number in range(count)
    ]
    yield from latencies(_BENCH, f"a move on a roadmap of {FULL:,} items, one at a time", seconds)
    id = originator_of(WORKSPACE, "roadmap", "full")
    kept = feedback.load(id)
    assert kept is not None
    began = time.perf_counter()
    roadmap = feedback.load(id, kept.version)  # of a version that is named, nothing is kept in memory
    assert roadmap is not None
    note = f"{roadmap.version:,} decisions; after that it is in memory"
    yield Figure(_BENCH, "that roadmap from its whole history", (time.perf_counter() - began) * 1e3, "ms", "", note)


def _timed(feedback: Feedback, command: PutPost | PlaceItem) -> float:
    began = time.perf_counter()
    feedback.execute(command)
    return time.perf_counter() - began


def _edit(workspace: str, post: int, title: str) -> PutPost:
    return PutPost(workspace=workspace, post=f"post-{post}", board="board-0", title=title)


def _move(post: int, column: str, position: int | None) -> PlaceItem:
    return PlaceItem(workspace=WORKSPACE, roadmap="full", post=f"post-{post}", column=column, position=position)
