"""Asking an installation how it is: its parts, by the local stack's folder or by the settings, and what was built."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from aiokafka.errors import KafkaError
from clickhouse_connect.driver.exceptions import Error

from events.log.opening import LogError
from events.settings import KafkaSettings
from projections.catalog import PROJECTIONS
from projections.clickhouse.settings import ClickHouseSettings
from projections.generations import State
from services.cli import place, views
from services.cli.condition import Beside, Built, Condition, ProjectionCondition, judge, refusal
from services.cli.errors import CliError
from services.cli.failures import describe
from services.cli.generations import ListedGeneration, listed
from services.cli.lag import behind, read_log_ends
from services.dead_letters.refusals import read_refusals
from services.stack import read_stack
from services.stack import status as stack_status
from services.stack.down import PartStatus
from services.stack.health import healthy

ANSWER_SECONDS = 15.0
_STORES = ("kafka", "clickhouse")
_ADDRESSED = {"projector": ("GROUNDSWELL_PROJECTOR_HOST", "GROUNDSWELL_PROJECTOR_PORT"),
              "sagas": ("GROUNDSWELL_SAGAS_HOST", "GROUNDSWELL_SAGAS_PORT"),
              "api": ("GROUNDSWELL_API_HOST", "GROUNDSWELL_API_PORT")}  # fmt: skip


def by_stack(data: Path) -> Condition | None:
    """The local stack of this folder; None if there never was one."""
    parts = stack_status(data)
    stack = read_stack(data)
    if not parts:
        return None
    if stack is None:
        return judge(parts, None)
    return _judged(parts, KafkaSettings(bootstrap_servers=stack.kafka), ClickHouseSettings(url=stack.clickhouse))


def by_settings() -> Condition:
    """The installation that the environment names. Of the services, those whose port it says are asked."""
    parts, kafka, clickhouse = [], KafkaSettings(), ClickHouseSettings()
    try:
        kafka = place.kafka(None)
        parts.append(_part("kafka", answers=True, detail=kafka.bootstrap_servers))
    except CliError as error:
        parts.append(_part("kafka", answers=False, detail=str(error)))
    try:
        clickhouse = place.clickhouse(None)
        parts.append(_part("clickhouse", answers=True, detail=clickhouse.url))
    except CliError as error:
        parts.append(_part("clickhouse", answers=False, detail=str(error)))
    parts += asyncio.run(_services(os.environ))
    return _judged(parts, kafka, clickhouse)


async def _services(environment: Mapping[str, str]) -> list[PartStatus]:
    """Those whose port the environment says."""
    urls = {
        name: f"http://{_reachable(environment.get(host, ''))}:{environment[port]}/health/ready"
        for name, (host, port) in _ADDRESSED.items()
        if environment.get(port)
    }
    answers = await asyncio.gather(*map(healthy, urls.values()))
    return [_part(name, answers=answer, detail=url) for (name, url), answer in zip(urls.items(), answers, strict=True)]


def _reachable(host: str) -> str:
    """Where to ask a service that listens on this."""
    return host if host not in ("", "0.0.0.0", "::") else "127.0.0.1"  # noqa: S104 - asked, not listened on


def _part(name: str, *, answers: bool, detail: str = "") -> PartStatus:
    health = "ok" if answers else "away"
    return PartStatus(name=name, pid=None, state="ready" if answers else "unknown", health=health, detail=detail)


def _judged(parts: Sequence[PartStatus], kafka: KafkaSettings, clickhouse: ClickHouseSettings) -> Condition:
    if any(part.health != "ok" for part in parts if part.name in _STORES):
        return judge(parts, None)
    try:
        return judge(parts, asyncio.run(_built(kafka, clickhouse)))
    except TimeoutError:
        return judge(parts, None, f"Kafka did not answer within {ANSWER_SECONDS:.0f} s")
    except (KafkaError, LogError, Error, OSError) as error:
        return judge(parts, None, describe(error))


async def _built(kafka: KafkaSettings, clickhouse: ClickHouseSettings) -> Built:
    async with asyncio.timeout(ANSWER_SECONDS):
        _, ends = await read_log_ends(kafka)
        refusals = await read_refusals(kafka)
    with views.client(clickhouse) as client:
        lags = behind(ends, views.followed(client, clickhouse.database))
        generations = listed(client, clickhouse.database)
    totals = behind(ends, {})
    projections = [_projection(name, lag, totals[name], generations) for name, lag in lags.items()]
    return Built(projections=projections, dead_letters=sum(each.state == "refused" for each in refusals.all))


def _projection(name: str, lag: int, total: int, generations: Sequence[ListedGeneration]) -> ProjectionCondition:
    own = [each for each in generations if each.projection == name]
    live = next((each for each in own if each.state == State.LIVE), None)
    code = next(projection.code for projection in PROJECTIONS if projection.name == name)
    beside = [
        Beside(
            generation=each.generation,
            state=each.state,
            code=each.code,
            share=1.0 if not total else max(0.0, 1.0 - each.lag / total),
        )
        for each in own
        if each is not live
    ]
    return ProjectionCondition(
        projection=name,
        live=None if live is None else live.generation,
        lag=lag,
        progress_seconds=None if live is None else live.progress_seconds,
        beside=beside,
        refused=None if live is None or live.code == code else refusal(name, live.code, code, beside),
    )
