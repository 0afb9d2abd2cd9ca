"""The worker as processes: rebalances, kills, stops, and refusals with one line."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import httpx
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from events.log.reader import end_offsets
from services.stack.ports import free_port
from services.stack.process import tethered
from tests.support.kafka import KafkaProcess
from tests.support.log import TestLog, new_log
from tests.support.sqlite_view import SqliteView

SEEN = ("-m", "tests.support.projector_process")


def environment(log: TestLog, data: Path, instance: str = "0", port: int | None = None) -> dict[str, str]:
    return {
        **os.environ,
        "KAFKA_BOOTSTRAP_SERVERS": log.settings.bootstrap_servers,
        "GROUNDSWELL_TOPIC_PREFIX": log.settings.topic_prefix,
        "GROUNDSWELL_DATA": str(data),
        "GROUNDSWELL_PROJECTOR_INSTANCE": instance,
        "GROUNDSWELL_PROJECTOR_SESSION_TIMEOUT_MS": "6000",
        **({} if port is None else {"GROUNDSWELL_PROJECTOR_PORT": str(port)}),
    }


async def start(env: Mapping[str, str], *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        env=env,
        cwd=Path(__file__).parents[3],
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        preexec_fn=tethered(),
    )


async def ended(process: asyncio.subprocess.Process, seconds: float = 30) -> tuple[int | None, str]:
    """Its exit code and what it said on stderr."""
    try:
        _, stderr = await asyncio.wait_for(process.communicate(), seconds)
    except TimeoutError:
        process.kill()
        _, stderr = await process.communicate()
        return None, stderr.decode()
    return process.returncode, stderr.decode()


async def kill(process: asyncio.subprocess.Process) -> None:
    """End it at once. One that had ended by itself shows what it said."""
    with suppress(ProcessLookupError):
        process.kill()
    _, stderr = await process.communicate()
    assert process.returncode == -signal.SIGKILL, f"it ended with {process.returncode}:\n{stderr.decode()}"


async def expected(log: TestLog) -> dict[tuple[int, int], int]:
    ends = await end_offsets(log.settings, log.ballots)
    return {(p.partition, offset): offset for p, end in ends.items() for offset in range(end)}


async def until_seen(view: SqliteView, wanted: Mapping[tuple[int, int], int], seconds: float = 60) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while len(view.seen()) < len(wanted):
        assert asyncio.get_running_loop().time() < deadline, f"{len(view.seen())} of {len(wanted)}"
        await asyncio.sleep(0.1)
    assert view.seen() == wanted


async def test_two_projectors_share_the_partitions_and_one_takes_over_from_the_killed(
    log: TestLog, tmp_path: Path
) -> None:
    file = tmp_path / "view.sqlite"
    view = SqliteView(file, "reader")
    await log.append_votes(0, 3000)
    first = await start(environment(log, tmp_path, "a"), *SEEN, str(file))
    second = None
    try:
        await until_seen(view, await expected(log))
        second = await start(environment(log, tmp_path, "b"), *SEEN, str(file))
        appended = 3000
        while "b" not in view.writers():
            await log.append_votes(appended, 100)
            appended += 100
            await asyncio.sleep(0.3)
        await until_seen(view, await expected(log))
        await kill(first)
        await log.append_votes(appended, 500)
        await until_seen(view, await expected(log))
        second.send_signal(signal.SIGTERM)
        code, said = await ended(second)
        assert code == 0, said
    finally:
        for process in (first, second):
            if process is not None and process.returncode is None:
                await kill(process)


async def test_killed_at_random_moments_and_started_again_everything_is_folded_once(
    log: TestLog, tmp_path: Path
) -> None:
    file = tmp_path / "view.sqlite"
    view = SqliteView(file, "reader")
    for kill_after in (0.9, 1.3, 2.2):
        await log.append_votes(int(kill_after * 10_000), 4000)
        process = await start(environment(log, tmp_path), *SEEN, str(file))
        await asyncio.sleep(kill_after)
        await kill(process)
    process = await start(environment(log, tmp_path), *SEEN, str(file))
    try:
        await until_seen(view, await expected(log))
    finally:
        await kill(process)


async def test_health_metrics_and_a_clean_stop(log: TestLog, tmp_path: Path) -> None:
    file = tmp_path / "view.sqlite"
    await log.append_votes(0, 240)
    port = free_port()
    process = await start(environment(log, tmp_path, port=port), *SEEN, str(file))
    try:
        await until_seen(SqliteView(file, "reader"), await expected(log))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            assert (await client.get("/health/live")).status_code == 200
            ready = await client.get("/health/ready")
            assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
            metrics = (await client.get("/metrics")).text
        seen, topic = 'generation="1",projection="seen"', log.topics.ballots
        assert f'groundswell_projector_records_total{{{seen},topic="{topic}"}} 240.0' in metrics
        assert f'groundswell_projector_rows_total{{{seen},table="seen"}} 240.0' in metrics
        lag = 'groundswell_projector_lag{generation="1",partition="11",projection="seen"'
        assert f'{lag},topic="{topic}"}} 0.0' in metrics
    finally:
        process.send_signal(signal.SIGTERM)
        code, said = await ended(process)
    assert code == 0, said
    assert "Traceback" not in said
    restarted = await start(environment(log, tmp_path), *SEEN, str(file))
    restarted.send_signal(signal.SIGTERM)
    await ended(restarted)


async def test_without_kafka_it_waits_says_so_and_can_be_stopped(tmp_path: Path) -> None:
    port = free_port()
    env = {
        **os.environ,
        "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{free_port()}",
        "GROUNDSWELL_DATA": str(tmp_path),
        "GROUNDSWELL_PROJECTOR_PORT": str(port),
    }
    process = await start(env, "-m", "services.projector")
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            ready = None
            while ready is None:
                try:
                    ready = await client.get("/health/ready")
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
        assert ready.status_code == 503
        assert "waiting for Kafka" in json.dumps(ready.json())
    finally:
        process.send_signal(signal.SIGTERM)
        code, said = await ended(process)
    assert code == 0, said


async def test_it_can_be_stopped_while_kafka_is_away(fragile_kafka: KafkaProcess, tmp_path: Path) -> None:
    log = await new_log(fragile_kafka.bootstrap)
    await log.append_votes(0, 100)
    file = tmp_path / "view.sqlite"
    process = await start(environment(log, tmp_path), *SEEN, str(file))
    try:
        await until_seen(SqliteView(file, "reader"), await expected(log))
        fragile_kafka.kill()
        process.send_signal(signal.SIGTERM)
        code, said = await ended(process)
        assert code == 0, said
    finally:
        if process.returncode is None:
            await kill(process)


async def test_another_number_of_partitions_is_refused_in_one_line(log: TestLog, tmp_path: Path) -> None:
    admin = AIOKafkaAdminClient(**log.settings.client_options())
    await admin.start()
    await admin.create_partitions({log.topics.ballots: NewPartitions(13)})
    await admin.close()
    code, said = await ended(await start(environment(log, tmp_path), "-m", "services.projector"))
    assert code == 1
    assert "13 partitions, but this log was opened with 12" in said.splitlines()[-1]
    assert "Traceback" not in said


async def test_a_second_projector_of_the_same_instance_is_refused(log: TestLog, tmp_path: Path) -> None:
    file = tmp_path / "view.sqlite"
    view = SqliteView(file, "reader")
    await log.append_votes(0, 24)
    first = await start(environment(log, tmp_path), *SEEN, str(file))
    try:
        await until_seen(view, await expected(log))
        code, said = await ended(await start(environment(log, tmp_path), "-m", "services.projector"))
        assert code == 1
        assert "GROUNDSWELL_PROJECTOR_INSTANCE" in said.splitlines()[-1]
    finally:
        await kill(first)
