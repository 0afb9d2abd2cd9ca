"""Votes through HTTP onto the log, acknowledged: in batches, and one a request."""

import subprocess
import sys
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from tests.bench.figures import Figure, latencies
from tests.bench.load import Busy, BusyFindings
from tests.bench.process import busy
from tests.bench.stack import Api, Place, Stack, say

POSTS = 200
PERSONS = 300_000
BATCH = 10_000

Found = TypeVar("Found", bound=msgspec.Struct)


def batches(stack: Stack) -> Iterator[Figure]:
    """`POST /v1/votes:batch`, 10,000 votes a request over four connections."""
    with stack.place("batches") as place:
        api, key = _ready(place)
        load = Busy(api.port, key, 4, _seconds(stack), POSTS, PERSONS, stack.sized(BATCH, 100))
        yield from _batches(place, load, "batch ingest, JSON", "100,000 votes/s")
        ndjson = msgspec.structs.replace(load, ndjson=True)
        yield from _batches(place, ndjson, "batch ingest, NDJSON", "100,000 votes/s")
        place.start_projector()
        yield from _batches(place, load, "batch ingest, JSON, the projector folding meanwhile", "100,000 votes/s")


def singles(stack: Stack) -> Iterator[Figure]:
    """`PUT /v1/posts/{post}/votes/{person}` over some dozens of kept connections."""
    with stack.place("singles") as place:
        api, key = _ready(place)
        load = Busy(api.port, key, 64, _seconds(stack), POSTS, PERSONS)
        yield from _singles(place, load, "single votes")
        place.start_projector()
        yield from _singles(place, load, "single votes, the projector folding meanwhile")


def _ready(place: Place) -> tuple[Api, str]:
    key = place.open_workspace(posts=POSTS)
    place.install()
    return place.start_api(), key


def _seconds(stack: Stack) -> float:
    return max(2.0, 15.0 * stack.scale)


def _batches(place: Place, load: Busy, what: str, target: str) -> Iterator[Figure]:
    found, note = _measured(place, load, what)
    yield Figure("batch ingest", what, found.accepted / found.seconds, "votes/s", target, note)
    yield from latencies("batch ingest", f"{what}: a request of {load.votes:,}", found.latencies)


def _singles(place: Place, load: Busy, what: str) -> Iterator[Figure]:
    found, note = _measured(place, load, what)
    yield Figure("single votes", what, found.accepted / found.seconds, "requests/s", "5,000 requests/s", note)
    yield from latencies("single votes", f"{what}: a request", found.latencies, note=f"{load.connections} connections")


def _measured(place: Place, load: Busy, what: str) -> tuple[BusyFindings, str]:
    say(f"{what}: {load.seconds:.0f} s")
    found = generate("busy", msgspec.structs.replace(load, watched=place.pids()), BusyFindings)
    refused = sum(count for status, count in found.statuses.items() if status != 200)
    return found, busy(found.cores) + (f"; {refused} answers were not 200" if refused else "")


def generate(kind: str, load: msgspec.Struct, found: type[Found]) -> Found:
    """Run the load generator to its end."""
    command = [sys.executable, "-m", "tests.bench.load", kind, msgspec.json.encode(load).decode()]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return msgspec.json.decode(done.stdout, type=found)
