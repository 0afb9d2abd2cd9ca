"""From a vote's acknowledgement to a ranking that includes it, at a steady rate."""

from collections.abc import Iterator

from tests.bench.figures import Figure, latencies
from tests.bench.ingest import generate
from tests.bench.process import busy
from tests.bench.stack import Stack, say
from tests.bench.steady import Steady, SteadyFindings

RATE = 5000
VOTES = 50
POSTS = 200
PERSONS = 300_000


def acknowledged_to_ranked(stack: Stack) -> Iterator[Figure]:
    """5,000 votes/s in requests of 50; every tenth request asks for the ranking `after` its position."""
    with stack.place("latency") as place:
        key = place.open_workspace(posts=POSTS)
        projector = place.start_projector()
        api = place.start_api()
        say("warming up")
        generate("steady", Steady(api.port, key, RATE, VOTES, 2.0, 10, POSTS, PERSONS), SteadyFindings)
        seconds = max(3.0, 30.0 * stack.scale)
        say(f"{RATE:,} votes/s for {seconds:.0f} s")
        load = Steady(api.port, key, RATE, VOTES, seconds, 10, POSTS, PERSONS, place.pids())
        blocks, seconds_before = projector.inserts("votes")
        found = generate("steady", load, SteadyFindings)
        blocks_after, seconds_after = projector.inserts("votes")
        bench = "acknowledged to ranked"
        note = f"{busy(found.cores)}; answers by status: {found.statuses}"
        yield Figure(bench, "the rate held", found.votes / found.seconds, "votes/s", f"{RATE:,} votes/s", note)
        yield from latencies(
            bench,
            "2xx to a ranking that includes it",
            found.ranked,
            p50="300 ms",
            p99="1,000 ms",
            note=f"{found.unranked} not within 10 tries",
        )
        yield from latencies(bench, "due to acknowledged", found.acknowledged)
        insert = (seconds_after - seconds_before) / max(1.0, blocks_after - blocks) * 1e3
        note = f"{(blocks_after - blocks) / found.seconds:.1f} blocks a second, four tables"
        yield Figure(bench, "a block of votes into ClickHouse, mean", insert, "ms", "", note)
