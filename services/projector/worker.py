"""The live projector: Faust reads, the feeder feeds, the runners fold; started in order and stopped in reverse."""

import asyncio
import logging
import os
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path

from aiokafka.errors import KafkaError
from faust.types import StreamT
from filelock import FileLock, Timeout

from events import logs
from events.log.opening import LogError, open_log
from events.log.topics import Topics
from events.settings import KafkaSettings
from projections.catalog import PROJECTIONS
from projections.clickhouse.settings import ClickHouseSettings
from projections.fold import Projection, topics_read
from projections.generations import Generation, State
from services.health_pages import AddressTaken, served
from services.projector import database
from services.projector.feeder import Feeder
from services.projector.follower import Follower
from services.projector.following import Following, plan
from services.projector.garbage import Garbage, collected_by_the_clock
from services.projector.group import group_name
from services.projector.health import Health, web_app
from services.projector.kafka_dead_letters import KafkaDeadLetters
from services.projector.metrics import MeasuredView
from services.projector.ports import DeadLetters, Views
from services.projector.rocks import RocksStores
from services.projector.runner import ProjectorStopped, Runner
from services.projector.serial_thread import SerialThread
from services.projector.settings import ProjectorSettings
from services.projector.transport import Member, ProjectorApp, Round
from services.projector.waiting import beside, patiently, unless

logger = logging.getLogger(__name__)

STOP_SECONDS = 5.0
AGAIN_SECONDS = 1.0


class KafkaLostError(ProjectorStopped):
    """Kafka was there, and went away while Faust started."""


def run(settings: ProjectorSettings, kafka: KafkaSettings, clickhouse: ClickHouseSettings) -> int:
    """Run the projector until it is told to stop (TERM, INT); the process's exit code."""

    async def main() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await work(settings, kafka, PROJECTIONS, lambda: database.prepare(clickhouse), stop)

    try:
        asyncio.run(main())
    except KafkaLostError as error:
        logger.warning("starting again reason=%s", error)
        time.sleep(AGAIN_SECONDS)
        # A Faust app that started by half cannot be started again; the process can, under the same id.
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - this very command
    except AddressTaken as error:
        logs.last_words(
            "projector", f"{error}: set GROUNDSWELL_PROJECTOR_HOST and GROUNDSWELL_PROJECTOR_PORT to a free address"
        )
        return 1
    except (ProjectorStopped, LogError) as error:
        logs.last_words("projector", str(error))
        return 1
    return 0


async def work(
    settings: ProjectorSettings,
    kafka: KafkaSettings,
    projections: Sequence[Projection],
    prepare: Callable[[], Awaitable[Views]],
    stop: asyncio.Event,
) -> None:
    """Fold until `stop` is set: each generation that these projections' code can fold.

    Raises:
        ProjectorStopped: if it cannot go on.
        LogError: if the log is not as it must be.
        AddressTaken: if health and metrics can't be served.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(_state_of_our_own(settings))
        health = Health(stalled_after=settings.stalled_after_seconds)
        await stack.enter_async_context(served(web_app(health), settings.host, settings.port))
        topics = await unless(stop, open_log(kafka))
        views = await unless(stop, prepare())
        if topics is None or views is None:
            return
        dead_letters = KafkaDeadLetters(kafka, topics)
        dead_letters.start()
        stack.callback(dead_letters.stop)
        generations = await unless(stop, patiently(views.generations))
        if generations is None:
            return
        feeder, following = _assembled(settings, kafka, topics, views, dead_letters, projections, generations)
        stack.callback(feeder.stop)
        stack.push_async_callback(_stop_runners, feeder)
        for runner in feeder.fed:
            runner.start()
        await following.settle(generations)
        app = build_app(settings, kafka, feeder, projections)
        garbage = stack.enter_context(collected_by_the_clock())
        await stack.enter_async_context(_running(app))
        health.attach(feeder, app.reader)
        async with beside(following.run(), feeder):
            await _until_over(app, feeder, health, garbage, stop)
        if feeder.failure is not None:
            raise ProjectorStopped(str(feeder.failure)) from feeder.failure


def _assembled(
    settings: ProjectorSettings,
    kafka: KafkaSettings,
    topics: Topics,
    views: Views,
    dead_letters: DeadLetters,
    projections: Sequence[Projection],
    generations: Sequence[Generation],
) -> tuple[Feeder, Following]:
    """What is live now is fed by Faust; what is followed beside it, and what comes later, feeds itself."""
    make = partial(_runner, settings=settings, topics=topics, views=views, dead_letters=dead_letters)
    wanted = plan(projections, generations).generations
    feeder = Feeder(
        [make(projection, each.generation) for projection, each in wanted if each.state is State.LIVE],
        topics,
        max_gathered=settings.max_gathered,
        specs=topics_read(projections),
    )
    following = Following(
        projections,
        views,
        feeder,
        lambda *which: Follower(make(*which), kafka, topics, max_gathered=settings.max_gathered),
        lambda *which: shutil.rmtree(_state_of(settings, *which), ignore_errors=True),
    )
    return feeder, following


def build_app(
    settings: ProjectorSettings, kafka: KafkaSettings, feeder: Feeder, projections: Sequence[Projection]
) -> ProjectorApp:
    """The Faust app: one consumer for the topics of all projections, and one agent that feeds them."""
    member = Member(group_name(kafka.topic_prefix, projections), settings.member, settings.session_timeout_ms)
    app = ProjectorApp(kafka, member, feeder)

    async def fold(rounds: StreamT[Round]) -> None:
        async for deliveries in rounds:
            await feeder.feed(deliveries, app.reader)
            # A stream whose queue is full never yields to the loop.
            await asyncio.sleep(0)

    app.agent(app.topic(*feeder.topics, value_serializer="raw"), name="projector")(fold)
    return app


def _runner(
    projection: Projection,
    generation: int,
    *,
    settings: ProjectorSettings,
    topics: Topics,
    views: Views,
    dead_letters: DeadLetters,
) -> Runner:
    return Runner(
        projection,
        MeasuredView(views.view(projection, generation), projection.name, generation),
        RocksStores(_state_of(settings, projection.name, generation)),
        dead_letters,
        topics.epoch,
        generation=generation,
        partition_count=topics.count,
        flush_interval=settings.flush_interval_ms / 1000,
    )


def _state_of(settings: ProjectorSettings, projection: str, generation: int) -> Path:
    return settings.state / projection / str(generation)


def _state_of_our_own(settings: ProjectorSettings) -> FileLock:
    """The lock on this instance's state.

    Raises:
        ProjectorStopped: if another process has it.
    """
    settings.state.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.state / "lock", blocking=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise ProjectorStopped(
            f"another projector works in {settings.state}: stop it, or give this one another name "
            "(GROUNDSWELL_PROJECTOR_INSTANCE)"
        ) from error
    return lock


@asynccontextmanager
async def _running(app: ProjectorApp) -> AsyncIterator[None]:
    try:
        await app.start()
    except KafkaError as error:
        raise KafkaLostError(f"Kafka went away during the start ({error!r}): start again") from error
    try:
        yield
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(app.stop(), STOP_SECONDS)


async def _until_over(app: ProjectorApp, feeder: Feeder, health: Health, garbage: Garbage, stop: asyncio.Event) -> None:
    """Until somebody says stop, or something cannot go on."""
    waiting = [asyncio.create_task(event.wait()) for event in (stop, feeder.failed)]
    try:
        while not stop.is_set() and feeder.failure is None:
            await asyncio.wait(waiting, timeout=1.0, return_when=asyncio.FIRST_COMPLETED)
            health.watch()
            garbage.collect_if_due()
            for failure in [runner.failure for runner in feeder.runners if runner.failure is not None]:
                feeder.fail(failure)
            if app.crash_reason is not None or app.should_stop:
                feeder.fail(ProjectorStopped(f"Faust stopped: {app.crash_reason!r}"))
    finally:
        for task in waiting:
            task.cancel()


async def _stop_runners(feeder: Feeder) -> None:
    """Flush and let go, within bounds: what hangs in a call to a service that is away is folded again next time."""
    threads = {runner: SerialThread(f"stop {runner.projection.name}") for runner in feeder.fed}
    stopping = [asyncio.create_task(thread.call(runner.stop)) for runner, thread in threads.items()]
    stopping += [asyncio.create_task(follower.stop()) for follower in feeder.followers]
    if stopping:
        await asyncio.wait(stopping, timeout=STOP_SECONDS)
    for thread in threads.values():
        thread.stop()
