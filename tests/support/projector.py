"""A projector in this process, whose parts a test can reach."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from projections.fold import Projection
from services.projector.feeder import Feeder
from services.projector.health import Health
from services.projector.memory import MemoryDeadLetters, MemoryView
from services.projector.ports import StateStores, View
from services.projector.rocks import RocksStores
from services.projector.runner import Runner
from services.projector.settings import ProjectorSettings
from services.projector.transport import ProjectorApp
from services.projector.worker import build_app
from tests.support.log import TestLog
from tests.support.seen import SeenProjection

SESSION_MS = 6000


@dataclass
class RunningProjector:
    app: ProjectorApp
    feeder: Feeder
    runners: Sequence[Runner]
    health: Health

    async def until(self, condition: Callable[[], bool], seconds: float = 40.0) -> None:
        """Wait for a condition; fail with the projector's failure, or after so long."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not condition():
            assert self.feeder.failure is None, self.feeder.failure
            assert asyncio.get_running_loop().time() < deadline, "did not come about"
            await asyncio.sleep(0.02)


@asynccontextmanager
async def running_projector(
    log: TestLog,
    data: Path,
    view: View,
    *,
    projections: Sequence[Projection] | None = None,
    stores: StateStores | None = None,
    instance: str = "0",
    max_gathered: int = 100_000,
) -> AsyncIterator[RunningProjector]:
    settings = ProjectorSettings(data=data, instance=instance, session_timeout_ms=SESSION_MS, max_gathered=max_gathered)
    runners = [
        Runner(
            projection,
            view,
            stores or RocksStores(settings.state / projection.name),
            MemoryDeadLetters(),
            log.topics.epoch,
            partition_count=log.topics.count,
            flush_interval=0.01,
        )
        for projection in projections or [SeenProjection()]
    ]
    feeder = Feeder(runners, log.topics, max_gathered=max_gathered)
    app = build_app(settings, log.settings, feeder, [runner.projection for runner in runners])
    health = Health(stalled_after=60)
    for runner in runners:
        runner.start()
    await app.start()
    try:
        health.attach(feeder, app.reader)
        yield RunningProjector(app, feeder, runners, health)
    finally:
        await app.stop()
        for runner in runners:
            await asyncio.to_thread(runner.stop)
        feeder.stop()


def seen_in(view: MemoryView) -> dict[tuple[int, int], int]:
    """`nth` by partition and offset."""
    return {(int(row[0]), int(row[1])): int(row[2]) for row in view.rows("seen")}


def progress_of(view: MemoryView) -> int:
    return sum(progress.next_offset for progress in view.progress.values())
