"""The rulings' saga against real Kafka: exactly what was decided, in every partition, whatever happens to it."""

import asyncio
import os
import shutil
import signal
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import pytest

from events.domain.merging.commands import MergePost
from events.ledger.errors import LedgerUnavailable, OutcomeUnknown
from events.log.appender import Appender, Record
from events.log.reader import end_offsets
from events.rulings import Ruling
from services.stack.process import tethered
from tests.services.sagas.conftest import DecidedLog, Running, decided_on, running_on, told
from tests.support.doomed_sagas import command
from tests.support.kafka import KafkaProcess
from tests.support.world import WORKSPACE

WANTED = [
    "PostMerged a b",
    "PostMerged b c",
    "PostUnmerged b",
    "BoardBudgeted ideas 2",
    "PostsPlaced ideas ('a', 'b', 'c', 'd')",
    "PostsPlaced ideas ('e',)",
]


def place(ruling: Ruling) -> tuple[int, int]:
    return ruling.data.ledger, ruling.data.number


def as_folded(found: list[Ruling]) -> list[Ruling]:
    """What a fold takes of them: what is not after the last one that it took is the same one again."""
    taken: list[Ruling] = []
    for ruling in found:
        if not taken or place(ruling) > place(taken[-1]):
            taken.append(ruling)
        else:
            assert ruling in taken, "another ruling in an earlier one's place"
    return taken


async def test_every_partition_hears_of_it_once_and_a_replay_says_nothing(
    decided: DecidedLog, running: Running, tmp_path: Path
) -> None:
    async with running(tmp_path):
        await decided.until_done()
    found = await decided.rulings()
    assert {tuple(told(each)) for each in found} == {tuple(WANTED)}
    assert [ruling.id for ruling in found[0]] == [f"{ledger}.{number}" for ledger, number in map(place, found[0])]
    assert len({place(ruling) for ruling in found[0]}) == len(WANTED)
    shutil.rmtree(tmp_path)
    ends = await end_offsets(decided.log.settings, decided.log.ballots)
    async with running(tmp_path):  # reads the whole ledger anew, on a new index
        await asyncio.to_thread(decided.feedback.execute, MergePost(workspace=WORKSPACE, post="d", into="a"))
        await decided.until_done()
    assert await end_offsets(decided.log.settings, decided.log.ballots) == {p: end + 1 for p, end in ends.items()}
    assert {told(each)[-1] for each in await decided.rulings()} == {"PostMerged d a"}


async def test_two_at_once_change_nothing(decided: DecidedLog, running: Running, tmp_path: Path) -> None:
    async with running(tmp_path / "one"), running(tmp_path / "other"):
        await decided.until_done()
        await asyncio.to_thread(decided.feedback.execute, MergePost(workspace=WORKSPACE, post="d", into="a"))
        await decided.until_done()
    for found in await decided.rulings():
        assert told(as_folded(found)) == [*WANTED, "PostMerged d a"]


async def test_kafka_goes_away_and_comes_back(fragile_kafka: KafkaProcess, tmp_path: Path) -> None:
    async with decided_on(fragile_kafka) as decided, running_on(decided, tmp_path) as part:
        await decided.until_done()
        fragile_kafka.kill()
        late = MergePost(workspace=WORKSPACE, post="d", into="a")
        deciding = asyncio.create_task(asyncio.to_thread(until_decided, decided, late))
        fragile_kafka.restart(wait=False)  # from this thread: it lives as long as that
        await deciding
        await decided.until_done()
        assert part.complaint() is None
        assert {tuple(told(as_folded(each))) for each in await decided.rulings()} == {(*WANTED, "PostMerged d a")}


def until_decided(decided: DecidedLog, command: MergePost) -> None:
    """As a client does it: again under the same id until it is known."""
    for left in reversed(range(10)):
        try:
            decided.feedback.execute(command, commit_id="late")
        except (OutcomeUnknown, LedgerUnavailable):
            if not left:
                raise
        else:
            return


async def test_killed_anywhere_it_goes_on(decided: DecidedLog, running: Running, tmp_path: Path) -> None:
    environment = os.environ | {
        "KAFKA_BOOTSTRAP_SERVERS": decided.log.settings.bootstrap_servers,
        "GROUNDSWELL_TOPIC_PREFIX": decided.log.settings.topic_prefix,
        "GROUNDSWELL_DATA": str(tmp_path / "doomed"),
    }
    for when, nth in (("before append", 1), ("after append", 4), ("before position", 1)):
        process = await asyncio.create_subprocess_exec(
            *command(when, nth), env=environment, preexec_fn=tethered(), stderr=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(60):
            _, said = await process.communicate()
        assert process.returncode == -signal.SIGKILL, said.decode()
    written = [len(found) for found in await decided.rulings()]
    assert min(written) >= len(WANTED)  # the third one died with all of it done and nothing kept
    async with running(tmp_path / "last"):
        await decided.until_done()
    found = await decided.rulings()
    assert {tuple(told(as_folded(each))) for each in found} == {tuple(WANTED)}
    assert [len(each) for each in found] == [count + len(WANTED) for count in written]


@pytest.mark.parametrize("reached", [1, 5, 11])
async def test_stopped_among_the_partitions_it_goes_on(
    decided: DecidedLog, running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reached: int
) -> None:
    """Where so many partitions have heard and the others have not."""
    send, begun, done = Appender._send, count(1), asyncio.Semaphore(0)

    async def stuck_later(self: Appender, records: Sequence[Record], partition: int) -> list[int]:
        if next(begun) > reached:
            await asyncio.Event().wait()
        offsets = await send(self, records, partition)  # type: ignore[arg-type]  # a list, as there
        done.release()
        return offsets

    monkeypatch.setattr(Appender, "_send", stuck_later)
    async with running(tmp_path), asyncio.timeout(60):
        for _ in range(reached):
            await done.acquire()
    monkeypatch.undo()
    assert sum(bool(found) for found in await decided.rulings()) == reached
    async with running(tmp_path):
        await decided.until_done()
    assert {tuple(told(as_folded(found))) for found in await decided.rulings()} == {tuple(WANTED)}
