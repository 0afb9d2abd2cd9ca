"""Opening the log: creating its topics, checking them, and the epoch that they belong to.

The first record of the ledger's partition 0 is a marker that names the log's *epoch* and says how many partitions each
topic has. Whoever keeps a position anywhere keeps the epoch with it: positions of another epoch mean nothing.

A log that was opened before a topic existed gets it at the next start, in the same epoch. Its marker can't name that
topic, so the topic has the number of partitions that it begins with, there as everywhere: that number is never changed.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Literal

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaConnectionError, KafkaError, TopicAlreadyExistsError, for_code
from tenacity import (
    AsyncRetrying,
    before_sleep_log,
    retry_if_exception_type,
    stop_after_delay,
    wait_exponential_jitter,
)

from events.ids import new_id
from events.log.connection import Refused, explain
from events.log.topics import LEDGER, TOPICS, Topics, TopicSpec, topic_name
from events.settings import KafkaSettings
from events.times import format_time

logger = logging.getLogger(__name__)


class LogError(Exception):
    """The log is not as it must be; the message says what to do."""


class LogRefused(LogError):  # noqa: N818 - what happened
    """Kafka is there and does not let us in."""


class OpenedData(msgspec.Struct, frozen=True):
    """Partitions by topic spec name, as they were when the log was opened."""

    partitions: dict[str, int]


class LogOpened(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="groundswell.log.opened.v1"):
    """The marker at the head of the ledger: `id` is the epoch."""

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str = "groundswell"
    time: str
    data: OpenedData


async def open_log(settings: KafkaSettings, *, wait_seconds: float | None = None) -> Topics:
    """Make what is missing, check what is there, and say which epoch this is.

    Waits for Kafka with back-off, for ever unless `wait_seconds` is given. Safe to race: the log's first marker wins.

    Raises:
        LogError: if a topic's number of partitions or its time stamps are not what the epoch was opened with.
        LogRefused: if Kafka does not let us in.
        KafkaError: if Kafka is away for longer than `wait_seconds`.
    """
    retrying = AsyncRetrying(
        retry=retry_if_exception_type((KafkaError, OSError)),
        wait=wait_exponential_jitter(multiplier=0.2, max=5),
        before_sleep=before_sleep_log(logger, logging.WARNING),
        reraise=True,
        **({} if wait_seconds is None else {"stop": stop_after_delay(wait_seconds)}),  # type: ignore[arg-type]  # one key
    )
    async for attempt in retrying:
        with attempt:
            return await _open(settings)
    raise AssertionError("unreachable: retrying ends by returning or raising")


async def _open(settings: KafkaSettings) -> Topics:
    admin = AIOKafkaAdminClient(**settings.client_options())
    try:
        await _start(admin, settings)
        await _create_missing(admin, settings)
        found = await _partition_counts(admin, settings)
    finally:
        await admin.close()
    marker = await _read_or_write_marker(settings, found)
    prefix = settings.topic_prefix
    for spec in TOPICS:
        _check_count(topic_name(prefix, spec), spec, found[spec.name], marker.data.partitions.get(spec.name))
    return Topics(marker.id, prefix, {topic_name(prefix, spec): found[spec.name] for spec in TOPICS})


def _check_count(name: str, spec: TopicSpec, actual: int, opened_with: int | None) -> None:
    if actual == (spec.partitions if opened_with is None else opened_with):
        return
    why = (
        f"this log was opened with {opened_with}"
        if opened_with is not None
        else f"in a log that was opened before there was such a topic it has {spec.partitions}"
    )
    raise LogError(
        f"topic {name} has {actual} partitions, but {why}: what belongs together would be folded apart. Restore the "
        "topic, or copy the log into topics of a new prefix (GROUNDSWELL_TOPIC_PREFIX) and rebuild"
    )


async def _start(admin: AIOKafkaAdminClient, settings: KafkaSettings) -> None:
    try:
        await admin.start()
    except KafkaConnectionError as error:
        try:
            explanation = await explain(settings)
        except Refused as refused:
            raise LogRefused(str(refused)) from error
        raise error if explanation is None else KafkaConnectionError(explanation) from error


async def _create_missing(admin: AIOKafkaAdminClient, settings: KafkaSettings) -> None:
    present = set(await admin.list_topics())
    missing = [spec for spec in TOPICS if topic_name(settings.topic_prefix, spec) not in present]
    if not missing:
        return
    response = await admin.create_topics(
        [
            NewTopic(
                topic_name(settings.topic_prefix, spec),
                spec.partitions,
                settings.replication_factor,
                topic_configs=spec.configs(settings),
            )
            for spec in missing
        ]
    )
    for name, code, *message in response.topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):
            raise for_code(code)(f"topic {name}: {message[0] if message else ''}")
    logger.info("topics created names=%s", ",".join(topic_name(settings.topic_prefix, spec) for spec in missing))


async def _partition_counts(admin: AIOKafkaAdminClient, settings: KafkaSettings) -> dict[str, int]:
    """Partitions by spec name, waiting until the broker's metadata shows every topic with its leaders."""
    names = {topic_name(settings.topic_prefix, spec): spec.name for spec in TOPICS}
    for _ in range(100):
        described = await admin.describe_topics(list(names))
        ready = {
            names[topic["topic"]]: len(topic["partitions"])
            for topic in described
            if topic["error_code"] == 0
            and topic["partitions"]
            and all(partition["error_code"] == 0 and partition["leader"] >= 0 for partition in topic["partitions"])
        }
        if len(ready) == len(names):
            return ready
        await asyncio.sleep(0.1)
    raise KafkaError("the topics have no leaders yet")


async def _read_or_write_marker(settings: KafkaSettings, found: Mapping[str, int]) -> LogOpened:
    marker = await _read_marker(settings)
    if marker is not None:
        return marker
    opened = LogOpened(id=new_id(), time=format_time(time.time_ns() // 1_000_000), data=OpenedData(dict(found)))
    producer = AIOKafkaProducer(**settings.client_options(), acks="all", request_timeout_ms=5000)
    await producer.start()
    try:
        await producer.send_and_wait(
            topic_name(settings.topic_prefix, LEDGER), msgspec.json.encode(opened), partition=0
        )
    finally:
        await producer.stop()
    marker = await _read_marker(settings)
    if marker is None:
        raise KafkaError("the marker of the log's epoch is not readable yet")
    return marker


async def _read_marker(settings: KafkaSettings) -> LogOpened | None:
    """The first record of the ledger, which must be the marker; None while the ledger is empty."""
    partition = TopicPartition(topic_name(settings.topic_prefix, LEDGER), 0)
    consumer = AIOKafkaConsumer(
        **settings.client_options(),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=100,
    )
    await consumer.start()
    try:
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        if end == 0:
            return None
        await consumer.seek_to_beginning(partition)
        record = await asyncio.wait_for(consumer.getone(partition), timeout=10)
    except TimeoutError as error:
        raise KafkaError("the ledger's first record could not be read in time") from error
    finally:
        await consumer.stop()
    try:
        return msgspec.json.decode(record.value or b"", type=LogOpened)
    except msgspec.MsgspecError as error:
        raise LogError(
            f"the first record of {partition.topic} is not the marker of a Groundswell log: this topic is not ours; "
            "set GROUNDSWELL_TOPIC_PREFIX to another prefix"
        ) from error
