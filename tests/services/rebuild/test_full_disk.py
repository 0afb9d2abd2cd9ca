"""A disk that is really full during a rebuild: one clear line, nothing harmed, and it goes on with more room."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.projector.settings import ProjectorSettings
from services.rebuild.refusing import RebuildStopped
from tests.support.rebuilding import House

SMALL = "1m"
ENOUGH = "200m"


@pytest.fixture
def small_disk(house: House) -> Iterator[Path]:
    """A disk of a few blocks, where the next generation's state goes."""
    folder = ProjectorSettings(data=house.data).state / "votes" / "2"
    folder.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "none", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only who may mount can make a disk full")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_stops_the_rebuild_and_harms_nothing(house: House, small_disk: Path) -> None:
    house.vote(0, 12_000)
    house.rebuild("votes")
    assert house.states("votes") == {1: "live"}
    with pytest.raises(RebuildStopped) as stopped:
        house.rebuild("votes")
    assert str(stopped.value) == f"the disk is full under {small_disk.resolve()}: make room there"
    assert house.states("votes") == {1: "live", 2: "building"}
    house.compare(1, "votes")
    subprocess.run(["mount", "-o", f"remount,size={ENOUGH}", str(small_disk)], check=True)
    assert house.rebuild("votes").went_on
    assert house.states("votes") == {1: "live", 2: "ready"}
    house.compare(2, "votes")
