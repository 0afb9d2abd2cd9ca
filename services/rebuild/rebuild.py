"""One rebuild of one projection, from choosing its generation to entering it as ready."""

import asyncio
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import clickhouse_connect
import msgspec
from clickhouse_connect.driver.client import Client
from filelock import FileLock, Timeout

from events.log.opening import open_log
from events.log.reader import end_offsets
from events.position import Partition, Position
from events.settings import KafkaSettings
from projections.catalog import install
from projections.clickhouse.generation_log import enter_generations, read_generations
from projections.clickhouse.progress import progress_of
from projections.clickhouse.schema import derive_statement
from projections.clickhouse.settings import ClickHouseSettings
from projections.fold import Projection
from projections.generations import State, live_one
from services.dead_letters.refusals import known_refusals
from services.generations.met_tables import keep_met
from services.projector.settings import ProjectorSettings
from services.rebuild.choice import Choice, Chooser
from services.rebuild.messages import Began, Came, Ended, Message, Order, Said
from services.rebuild.refusing import RebuildRefused
from services.rebuild.shares import shares
from services.rebuild.standing import Standing
from services.rebuild.workers import COMMAND, Workers, environment_of

BLOCK_RECORDS = 50_000
"""Records to a flush: more make larger blocks, and two of them are in a worker's memory at once."""
CONNECT_SECONDS = 20.0
DERIVE_SECONDS = 3600


class Watch(Protocol):
    """Who is told how a rebuild comes along."""

    def chosen(self, choice: Choice, standing: Standing) -> None:
        """This is built; `standing` is kept up to date from now on."""
        ...

    def came(self) -> None:
        """The standing changed."""
        ...

    def said(self, text: str) -> None:
        """Something that a person should know."""
        ...


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """What a rebuild came to. Of one that went on, `records` and `seconds` are those of this run alone."""

    projection: str
    generation: int
    code: int
    state: State
    in_place: bool
    went_on: bool
    records: int
    seconds: float
    records_per_second: float
    processes: int
    peak_bytes: int
    next_offsets: Mapping[str, int]


@dataclass(frozen=True)
class Rebuild:
    """Everything that a rebuild needs to know. `projector` says where states are kept.

    With `skip_dead_letters`, what the projection refused before is passed over; without, the first stops the rebuild.
    """

    projection: Projection
    kafka: KafkaSettings
    clickhouse: ClickHouseSettings
    projector: ProjectorSettings
    processes: int
    skip_dead_letters: bool = False
    block_records: int = BLOCK_RECORDS
    worker: Sequence[str] = COMMAND

    def run(self, watch: Watch) -> Rebuilt:
        """Build until caught up.

        Raises:
            RebuildRefused: if it must not begin.
            RebuildStopped: if it cannot go on; what was built stays, and the same call goes on.
            KeyboardInterrupt: likewise, once every worker has let go.
        """
        with self._only_one(), _client(self.clickhouse) as client:
            install(client, self.clickhouse.database, cluster=self.clickhouse.cluster)
            log = asyncio.run(self._log())
            chooser = Chooser(client, self.clickhouse.database, self.projection, self._folder)
            with self._chosen(chooser, log.ends) as choice:
                progress = progress_of(client, self.clickhouse.database, choice.generation)
                left = {partition: end - progress.get(partition, 0) for partition, end in log.ends.items()}
                orders = [self._order(choice, log, share) for share in shares(left, self.processes)]
                standing = Standing()
                watch.chosen(choice, standing)
                workers = self._workers(standing, watch)
                if (meeting := self._meeting(client, choice, log, progress)) is not None:
                    watch.said(
                        f"the live generation, of other code, stands at {sum(meeting.values()):,} records: first there"
                    )
                    asyncio.run(workers.run([_until(order, meeting) for order in orders]))
                    self._derive(client, choice)
                    keep_met(client, self.clickhouse.database, choice.generation, meeting)
                ended = asyncio.run(workers.run(orders))
                state = self._finish(client, chooser, choice)
            return _rebuilt(choice, state, standing, ended)

    @property
    def _folder(self) -> Path:
        return self.projector.state / self.projection.name

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        """Keep a second rebuild of the projection out."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._folder / "rebuild.lock", blocking=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise RebuildRefused(f"another rebuild of {self.projection.name} is under way on this machine") from error
        with lock:
            yield

    @contextmanager
    def _chosen(self, chooser: Chooser, ends: Mapping[Partition, int]) -> Iterator[Choice]:
        """The choice. While a live generation is built in place, no projector of this instance may start."""
        lock = projector_lock(self.projector)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            yield chooser.choose(ends, alone=False)
            return
        with ExitStack() as stack:
            stack.callback(lock.release)
            choice = chooser.choose(ends, alone=True)
            if not choice.in_place:
                stack.close()
            yield choice

    async def _log(self) -> "_Log":
        topics = await open_log(self.kafka, wait_seconds=CONNECT_SECONDS)
        ends = await end_offsets(self.kafka, topics.partitions_of(self.projection.topics))
        refused = await known_refusals(self.kafka, self.projection.name) if self.skip_dead_letters else frozenset()
        return _Log(topics.epoch, ends, refused)

    def _order(self, choice: Choice, log: "_Log", share: Sequence[Partition]) -> Order:
        return Order(
            projection=self.projection.name,
            generation=choice.generation.generation,
            epoch=log.epoch,
            state=str((self._folder / str(choice.generation.generation)).resolve()),
            partitions=share,
            # What is live, or may be followed by a projector after we are killed, must be whole at any moment.
            derive=choice.in_place,
            block_records=self.block_records,
            known_refusals=[each for each in log.refused if Partition(*each[:2]) in share],
        )

    def _meeting(
        self, client: Client, choice: Choice, log: "_Log", progress: Mapping[Partition, int]
    ) -> Mapping[Partition, int] | None:
        """Where the live generation of other code stands, perhaps for good: then it can only be compared with there.

        None where this one is past that already, and where tables cannot be cloned.
        """
        live = live_one(read_generations(client, self.clickhouse.database, self.projection.name))
        if choice.in_place or live is None or live.code == self.projection.code or self.clickhouse.cluster is not None:
            return None
        stands = progress_of(client, self.clickhouse.database, live)
        meeting = {partition: stands.get(partition, 0) for partition in log.ends}
        past = any(at > meeting[partition] for partition, at in progress.items())
        return None if past or meeting == log.ends else meeting

    def _workers(self, standing: Standing, watch: Watch) -> Workers:
        def hear(message: Message) -> None:
            match message:
                case Began() | Came():
                    standing.hear(message)
                    watch.came()
                case Said():
                    watch.said(message.text)

        return Workers(environment_of(os.environ, self.kafka, self.clickhouse), hear, self.worker)

    def _finish(self, client: Client, chooser: Chooser, choice: Choice) -> State:
        """State what ClickHouse derives, and enter the generation as ready; the state that it is in now."""
        if choice.in_place:
            chooser.built(choice)
            return choice.generation.state
        number, database = choice.generation.generation, self.clickhouse.database
        self._derive(client, choice)
        entered = read_generations(client, database, self.projection.name)
        ready = next(each for each in entered if each.generation == number).enter(
            State.READY, at=time.time_ns() // 1_000_000
        )
        enter_generations(client, database, [ready])
        return ready.state

    def _derive(self, client: Client, choice: Choice) -> None:
        for derived in self.projection.derived:
            client.command(derive_statement(self.clickhouse.database, derived, choice.generation.generation, where="1"))


def _until(order: Order, meeting: Mapping[Partition, int]) -> Order:
    return msgspec.structs.replace(order, until=[Position(*each, meeting[each]) for each in order.partitions])


class _Log(NamedTuple):
    """The log as it is at the start: where the projection's partitions end, and what it refused before."""

    epoch: str
    ends: Mapping[Partition, int]
    refused: frozenset[Position]


def projector_lock(settings: ProjectorSettings) -> FileLock:
    """The lock that a running projector holds on the state of its instance."""
    settings.state.mkdir(parents=True, exist_ok=True)
    return FileLock(settings.state / "lock")


@contextmanager
def _client(settings: ClickHouseSettings) -> Iterator[Client]:
    client = clickhouse_connect.get_client(
        **settings.client_options(),
        database="default",
        autogenerate_session_id=False,
        send_receive_timeout=DERIVE_SECONDS,
    )
    try:
        yield client
    finally:
        client.close()


def _rebuilt(choice: Choice, state: State, standing: Standing, ended: Sequence[Ended]) -> Rebuilt:
    return Rebuilt(
        projection=choice.generation.projection,
        generation=choice.generation.generation,
        code=choice.generation.code,
        state=state,
        in_place=choice.in_place,
        went_on=choice.goes_on,
        records=standing.folded,
        seconds=round(standing.seconds, 3),
        records_per_second=round(standing.rate(), 1),
        processes=len(ended),
        peak_bytes=sum(each.peak_bytes for each in ended),
        next_offsets={f"{at.topic}/{at.partition}": stand.durable for at, stand in sorted(standing.partitions.items())},
    )
