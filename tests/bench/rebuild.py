"""A whole log into a new generation: how fast, with how much memory; beside the live projector and a stock agent."""

import asyncio
import os
import subprocess
from collections.abc import Iterator

import msgspec

from services.projector.settings import ProjectorSettings
from services.rebuild.rebuild import Rebuilt, projector_lock
from tests.bench.figures import Figure
from tests.bench.process import Service, ServiceStuck, Watch, busy
from tests.bench.projector_rate import fold_live, fold_stock
from tests.bench.stack import Place, Stack, say
from tests.bench.votes_mix import MIX, PERSONS, POSTS, fill

BENCH = "rebuild"
PATIENCE_SECONDS = 1200.0


def rebuild(stack: Stack) -> Iterator[Figure]:
    """The votes of a log from its start, a worker a core; then, on the same log, the live projector and a stock one."""
    count = stack.sized(10_000_000, 5000)
    with stack.place("rebuild") as place:
        asyncio.run(fill(place.kafka, count))
        built, note = _rebuilt(place.beside("built"))
        mix = f"{PERSONS:,} persons, {POSTS} posts: {MIX}"
        what = f"votes, {count:,} from the start, {built.processes} workers"
        yield Figure(BENCH, what, built.records_per_second, "votes/s", "", f"{mix}; {note}")
        yield Figure(BENCH, "the same, how long", built.seconds, "s", _target(count, "90 s"))
        peak = built.peak_bytes / 2**20
        yield Figure(BENCH, "the same, its workers' memory at their peaks", peak, "MiB", _target(count, "1,536 MiB"))
        live = fold_live(place, "votes", min(count, stack.sized(1_000_000, 5000)), "live")
        yield Figure(BENCH, "the live projector on the same log", live.rate, "votes/s", "", live.note)
        yield Figure(BENCH, "the rebuild to the live projector", built.records_per_second / live.rate, "times")
        stock = fold_stock(place, "dict", stack.sized(50_000, 500))
        if stock is not None:
            yield Figure(BENCH, "a stock Faust agent on the same log, state in a dict", stock.rate, "votes/s")
            yield Figure(BENCH, "the rebuild to the stock agent", built.records_per_second / stock.rate, "times")


def _target(count: int, target: str) -> str:
    return target if count == 10_000_000 else ""


def _rebuilt(place: Place) -> tuple[Rebuilt, str]:
    """What the command says, and how busy the cores were."""
    say("the rebuild")
    place.install()
    # As if a projector were running: then it is built beside the live generation.
    with projector_lock(ProjectorSettings(data=place.folder)):
        arguments = ["projections", "rebuild", "votes", "--json", "--processes", str(os.cpu_count() or 1)]
        service = place.start("rebuild", "services.cli", arguments)
        watch = Watch({"Kafka": place.stack.kafka.pid, "ClickHouse": place.stack.clickhouse.pid})
        built = _answer(service)
    note = busy(watch.cores())
    place.drop()
    return built, note


def _answer(service: Service) -> Rebuilt:
    try:
        code = service.process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise ServiceStuck(
            f"the rebuild took more than {PATIENCE_SECONDS:.0f} s:\n{service.printed()[-3000:]}"
        ) from error
    printed = service.printed()
    if code != 0:
        raise ServiceStuck(f"the rebuild failed:\n{printed[-3000:]}")
    return msgspec.json.decode(printed[printed.index("\n{") :], type=Rebuilt)
