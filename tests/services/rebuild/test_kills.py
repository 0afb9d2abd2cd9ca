"""A rebuild that is killed leaves nothing running, and the next one goes on where it was."""

import os
import signal
import subprocess
from collections.abc import Sequence

import psutil

from services.projector.settings import ProjectorSettings
from services.rebuild.rebuild import projector_lock
from tests.support.generations import Seen
from tests.support.rebuilding import House

VOTES = 4000
BLOCK = 50
END_SECONDS = 60.0


def test_the_rebuild_is_killed_in_place_and_goes_on_in_place(house: House) -> None:
    house.vote(0, VOTES)
    process = house.start("votes", processes=2, block=BLOCK)
    workers = until_some_is_durable(process)
    process.kill()
    assert process.wait() == -signal.SIGKILL, "it had ended by itself"
    _, alive = psutil.wait_procs(workers, timeout=END_SECONDS)
    assert not alive
    seen = Seen()
    built = house.rebuild("votes", seen, processes=3)
    assert (built.generation, built.in_place, built.went_on) == (1, True, True)
    assert began_at(seen) > 0
    assert built.records < VOTES
    house.compare(1, "votes")


def test_a_worker_is_killed_beside_the_live_one(house: House) -> None:
    house.vote(0, VOTES)
    with projector_lock(ProjectorSettings(data=house.data)):  # as a running projector does: then it is built beside
        process = house.start("votes", processes=2, block=BLOCK)
        workers = until_some_is_durable(process)
        os.kill(workers[0].pid, signal.SIGKILL)
        assert process.wait(END_SECONDS) == 1
        assert not [each for each in workers if each.is_running()]
        assert house.states("votes") == {1: "live", 2: "building"}
        seen = Seen()
        built = house.rebuild("votes", seen)
    assert (built.generation, built.in_place, built.went_on) == (2, False, True)
    assert began_at(seen) > 0
    assert house.states("votes") == {1: "live", 2: "ready"}
    house.compare(2, "votes")


def until_some_is_durable(process: "subprocess.Popen[str]") -> Sequence[psutil.Process]:
    """Wait for the first progress; its workers."""
    assert process.stdout is not None
    for line in process.stdout:
        if int(line.split()[1]) > 0:
            return psutil.Process(process.pid).children()
    raise AssertionError("it ended before it had come anywhere")


def began_at(seen: Seen) -> int:
    """Records that were not folded again."""
    return sum(stand.start for stand in seen.standing.partitions.values())


def test_ctrl_c_ends_every_worker_and_the_same_command_goes_on(house: House) -> None:
    house.vote(0, VOTES)
    process = house.start("votes", processes=2, block=BLOCK // 3)  # slow: on a busy machine the signal comes late
    workers = until_some_is_durable(process)
    process.send_signal(signal.SIGINT)
    assert process.wait(END_SECONDS) != 0
    assert not [each for each in workers if each.is_running()]
    done = house.command("projections", "rebuild", "votes")
    assert done.returncode == 0, done.stderr
    assert "going on in place" in done.stderr
    house.compare(1, "votes")
