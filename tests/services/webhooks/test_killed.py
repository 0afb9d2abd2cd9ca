"""The process that delivers, killed with -9 in the midst of it: another one goes on, and nothing is lost."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path as Folder

from services.stack.process import tethered
from tests.support import doomed_sagas
from tests.support.kafka import environment
from tests.support.receiver import Path
from tests.support.webhooks import DELIVERY, WEBHOOKS, House, Place

POSTS = "abc"
CHANGES = 8


def started(house: House, data: Folder, command: Sequence[str]) -> subprocess.Popen[bytes]:
    settings = {f"GROUNDSWELL_WEBHOOKS_{name.upper()}": str(value) for name, value in DELIVERY.items()}
    with (data / "sagas.log").open("ab") as log:
        return subprocess.Popen(
            command,
            env={
                **os.environ,
                **environment(house.log.settings),
                **settings,
                "CLICKHOUSE_URL": house.clickhouse.url,
                "GROUNDSWELL_DATABASE": house.clickhouse.database,
                "GROUNDSWELL_DATA": str(data),
                "GROUNDSWELL_WEBHOOKS_KEYS": WEBHOOKS.keys.get_secret_value(),
                "GROUNDSWELL_WEBHOOKS_ALLOW_PRIVATE": "true",
                "GROUNDSWELL_WEBHOOKS_SESSION_TIMEOUT_MS": "6000",
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=tethered(),  # noqa: PLW1509  (it only makes two system calls)
        )


async def test_nothing_is_lost_and_each_post_keeps_its_order(house: House, place: Place, path: Path, tmp_path: Folder):
    """It dies right before it writes something down, in the midst of what the receiver takes."""
    secret = await place.subscribe(path, types=("groundswell.post",))
    await place.posts(POSTS)
    for post in POSTS:
        await place.change(post, CHANGES)
    doomed = started(house, tmp_path, doomed_sagas.command("before append", 8))
    printed = tmp_path / "sagas.log"
    assert await asyncio.to_thread(doomed.wait, 60) == -signal.SIGKILL, printed.read_text()[-3000:]
    before = len(path.taken)
    assert before >= 1
    everything = len(POSTS) * (1 + CHANGES)
    assert before < everything
    second = asyncio.create_task(house.part().run())
    try:
        await path.until(lambda: len({each.message for each in path.taken}) == everything, "all of it arrived")
    finally:
        second.cancel()
        await asyncio.wait([second])
    for post in POSTS:
        own = [each for each in path.taken if each.event["subject"] == post]
        first = list({each.message: each.verified(secret) for each in own}.values())
        assert [event["data"].get("reason", "") for event in first] == ["", *map(str, range(CHANGES))]
    again = len(path.taken) - everything
    assert again > 0, "what was taken and not written down came again, under the same identity"


async def test_one_that_is_told_to_stop_leaves_nothing_to_send_twice(house: House, place: Place, path: Path):
    """What is under way is waited for and written down; the rest is the next one's."""
    path.seconds = 0.05
    await place.subscribe(path, types=("groundswell.post",))
    await place.posts(POSTS)
    for post in POSTS:
        await place.change(post, CHANGES)
    everything = len(POSTS) * (1 + CHANGES)
    for enough in (3, 11, everything):
        part = asyncio.create_task(house.part().run())
        await path.until(lambda enough=enough: len(path.taken) >= enough, "enough was taken")
        part.cancel()
        await asyncio.wait([part])
    assert len(path.taken) == everything
    for post in POSTS:
        reasons = [each.event["data"].get("reason", "") for each in path.taken if each.event["subject"] == post]
        assert reasons == ["", *map(str, range(CHANGES))]
