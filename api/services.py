"""What the routes stand on: the log, the ledger's application and directory, the view; opened with patience."""

import asyncio
import logging
from typing import TypeVar

from tenacity import AsyncRetrying, before_sleep_log, retry_if_not_exception_type, wait_exponential_jitter

from api import problems
from api.auth import Keys
from api.caching import Cache
from api.metrics import Metrics
from api.problems import Problem
from api.reading import CachedAnswer, CachedPage
from api.ruled import RuledBallots
from api.settings import ApiSettings
from api.view import View
from api.waiting import Look, Progress
from events.domain.application import Feedback
from events.domain.directory import Directory
from events.domain.execution import known_end
from events.domain.webhooks.settings import WebhookSettings
from events.domain.webhooks.subscriptions import Subscriptions
from events.ledger.settings import LedgerSettings
from events.log.appender import Appender
from events.log.opening import LogError, open_log
from events.log.topics import Topics
from events.position import Partition, Positions
from events.settings import KafkaSettings
from projections.clickhouse.settings import ClickHouseSettings

logger = logging.getLogger(__name__)

_CONNECT_SECONDS = 5.0
_LOOK_SECONDS = 0.5
REPORT_SECONDS = 10.0
"""How old a report may be that is served from memory: it asks much, and shows weeks."""
T = TypeVar("T")


class Services:
    """Everything of one API process. What is not open yet answers 503 where it is asked for."""

    def __init__(self, api: ApiSettings, kafka: KafkaSettings, clickhouse: ClickHouseSettings) -> None:
        self.settings = api
        self.webhook_settings = WebhookSettings()
        self.metrics = Metrics()
        self.view = View(clickhouse, query_seconds=api.query_seconds)
        self.rankings: Cache[CachedAnswer] = Cache(seconds=api.cache_seconds)
        self.asked: Cache[CachedAnswer] = Cache(seconds=api.cache_seconds)
        self.roadmaps: Cache[CachedAnswer] = Cache(seconds=api.cache_seconds)
        self.changelogs: Cache[CachedAnswer] = Cache(seconds=api.cache_seconds)
        self.reports: Cache[CachedPage] = Cache(seconds=max(REPORT_SECONDS, api.cache_seconds), size=64)
        self._kafka = kafka
        self._opening: asyncio.Task[None] | None = None
        self._refused = False
        self._topics: Topics | None = None
        self._feedback: Feedback | None = None
        self._directory: Directory | None = None
        self._webhooks: Subscriptions | None = None
        self._appender: Appender | None = None
        self._reactions: Appender | None = None
        self._people: Appender | None = None
        self.people_written: dict[Partition, int] = {}
        """Of what this process put on the topic `people`: the next offsets."""
        self._keys: Keys | None = None
        self._progress: Progress | None = None
        self._ruled: RuledBallots | None = None
        self._measure()

    def _measure(self) -> None:
        """Say where the metrics find what is counted elsewhere."""
        self.metrics.append_bytes.set_function(self._bytes_in_flight)
        self.metrics.log_open.set_function(lambda: self._topics is not None)
        self.metrics.ledger_followed.set_function(lambda: self._feedback is not None and self.failure is None)
        self.metrics.ledger_position.set_function(
            lambda: self._feedback.ledger.index.next_offset if self._feedback else 0
        )
        self.metrics.view_failures.read_from(lambda: self.view.failures)
        self.metrics.ranking_cache_hits.read_from(lambda: self.rankings.hits)
        self.metrics.ranking_cache_misses.read_from(lambda: self.rankings.misses)

    @property
    def topics(self) -> Topics:
        """The opened log."""
        return _opened(self._topics)

    @property
    def feedback(self) -> Feedback:
        """The application that decides."""
        return _opened(self._feedback)

    @property
    def directory(self) -> Directory:
        """Keys, boards and posts in memory."""
        return _opened(self._directory)

    @property
    def webhooks(self) -> Subscriptions:
        """Every webhook, in memory."""
        return _opened(self._webhooks)

    @property
    def appender(self) -> Appender:
        """Where votes go."""
        return _opened(self._appender)

    @property
    def reactions(self) -> Appender:
        """Where reactions to comments go."""
        return _opened(self._reactions)

    @property
    def people(self) -> Appender:
        """Where what is known of persons and companies goes."""
        return _opened(self._people)

    @property
    def keys(self) -> Keys:
        """Whose key a request carries."""
        return _opened(self._keys)

    @property
    def progress(self) -> Progress:
        """How far the views have come."""
        return _opened(self._progress)

    async def decided(self, projection: str) -> Look:
        """Wait until a view has every decision that this process knows of, before it denies what it does not have.

        Raises:
            Problem: 503 if that takes too long.
        """
        return await self.progress.wait([projection], Positions.after([known_end(self.feedback.ledger)]))

    def start(self) -> None:
        """Begin to open everything; returns at once, and goes on for as long as Kafka is away."""
        self._opening = asyncio.create_task(self._open_patiently(), name="open services")

    async def opened(self) -> None:
        """Wait until everything is open."""
        assert self._opening is not None, "start() comes first"
        await asyncio.shield(self._opening)

    @property
    def failure(self) -> BaseException | None:
        """Why the ledger is no longer followed: nothing but a new process mends that. None while all is well."""
        return None if self._feedback is None else self._feedback.ledger.failure

    async def lost(self) -> BaseException:
        """Wait until the ledger is no longer followed: why."""
        while (failure := self.failure) is None:  # noqa: ASYNC110 - it is set in the ledger's own thread
            await asyncio.sleep(_LOOK_SECONDS)
        return failure

    async def close(self) -> None:
        """Stop taking votes, then let go of the ledger and of ClickHouse."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        for appender in (self._appender, self._reactions, self._people):
            if appender is not None:
                await appender.stop()
        if self._ruled is not None:
            await self._ruled.close()
        if self._feedback is not None:
            await asyncio.to_thread(self._feedback.close)
        await self.view.close()

    async def _open_patiently(self) -> None:
        retrying = AsyncRetrying(
            retry=retry_if_not_exception_type(asyncio.CancelledError),
            wait=wait_exponential_jitter(multiplier=0.2, max=5),
            before_sleep=before_sleep_log(logger, logging.WARNING),
        )
        await retrying(self._open)

    async def _open(self) -> None:
        try:
            topics = await open_log(self._kafka, wait_seconds=_CONNECT_SECONDS)
        except LogError:
            self._refused = True  # what to do about it is logged where it is tried again
            raise
        self._feedback = await asyncio.to_thread(self._open_feedback)
        directory = await asyncio.to_thread(Directory, self._feedback.ledger)
        webhooks = await asyncio.to_thread(Subscriptions, self._feedback.ledger)
        self._appender = await self._appending_to(topics, topics.ballots, self._appender)
        self._reactions = await self._appending_to(topics, topics.reactions, self._reactions)
        self._people = await self._appending_to(topics, topics.people, self._people)
        self._topics, self._directory = topics, directory
        self._keys = Keys(directory)
        self._webhooks = webhooks
        self._ruled = RuledBallots(self._kafka, topics, directory)
        self._progress = Progress(self.view, topics, self._ruled, after_seconds=self.settings.after_seconds)
        logger.info("log opened epoch=%s prefix=%s", topics.epoch, topics.prefix)

    async def _appending_to(self, topics: Topics, topic: str, started: Appender | None) -> Appender:
        if started is not None:
            return started
        limit = self.settings.max_in_flight_bytes
        appender = Appender(self._kafka, topic, topics.count(topic), max_in_flight_bytes=limit)
        await appender.start()
        return appender

    def _bytes_in_flight(self) -> int:
        appenders = (self._appender, self._reactions, self._people)
        return sum(each.in_flight_bytes for each in appenders if each is not None)

    def _open_feedback(self) -> Feedback:
        """Bounded, so that a stop is never kept waiting by a Kafka that does not come."""
        if self._feedback is not None:
            return self._feedback
        ledger = LedgerSettings()
        index = ledger.index or self.settings.ledger_index
        index.parent.mkdir(parents=True, exist_ok=True)
        limits = {"index": index, "connect_seconds": ledger.connect_seconds or _CONNECT_SECONDS}
        return Feedback(self._kafka, ledger.model_copy(update=limits))

    async def check_log(self) -> str | None:
        """What is wrong with the log as this process sees it; None if nothing is."""
        if self._feedback is None or self._directory is None:
            return "can't be opened: the log of this process says why" if self._refused else "not opened yet"
        if self.failure is not None:
            return "no longer followed: restart this process"
        try:
            await self._directory.catch_up(timeout=1.0)
        except Exception as error:
            logger.warning("log not ready reason=%r", error)
            return "Kafka does not answer"
        return None

    async def check_view(self) -> str | None:
        """What is wrong with ClickHouse; None if nothing is."""
        try:
            await asyncio.wait_for(self.view.ping(), timeout=1.0)
        except TimeoutError:
            return "ClickHouse does not answer in time"
        except Problem as problem:
            return str(problem.detail)
        return None


def _opened(service: T | None) -> T:
    if service is None:
        raise Problem.retry(problems.AWAY, "the service is starting: the log is not open yet", 2)
    return service
