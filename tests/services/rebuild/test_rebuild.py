"""Building from nothing, in place, and beside the live generation: what comes out is the fold of the log."""

import shutil
from pathlib import Path

import msgspec
import pytest
from filelock import FileLock

from projections.catalog import PROJECTIONS
from services.projector.settings import ProjectorSettings
from services.rebuild.rebuild import projector_lock
from services.rebuild.refusing import RebuildRefused, RebuildStopped
from tests.support.rebuilding import House


def test_from_nothing_in_place_then_beside_with_one_and_three_processes(house: House) -> None:
    house.vote(0, 2000)
    done = house.command("projections", "rebuild", "--all", "--json", "--processes", "1")
    assert done.returncode == 0, done.stderr
    answers = msgspec.json.decode(done.stdout)
    assert [(each["projection"], each["state"], each["in_place"]) for each in answers] == [
        (each.name, "live", True) for each in PROJECTIONS
    ]
    house.compare(1, *(each.name for each in PROJECTIONS))
    house.vote(2000, 500)
    built = house.rebuild("votes", processes=3)
    assert (built.generation, built.records, built.processes) == (2, 2500, 3)
    assert built.peak_bytes > 2**20
    house.compare(2, "votes")
    assert house.states("votes") == {1: "live", 2: "ready"}


def test_state_and_tables_lost_while_no_projector_runs_come_back_in_place(house: House) -> None:
    house.vote(0, 500)
    house.rebuild("votes")
    with house.client() as client:
        client.command(f"DROP DATABASE {house.clickhouse.database} SYNC")
    assert house.rebuild("votes").in_place  # the state is there still: it is ahead of the view, and folded again
    house.compare(1, "votes")
    shutil.rmtree(house.data)
    assert not house.rebuild("votes").in_place  # what serves is whole: nothing of it is touched
    house.compare(2, "votes")


def test_an_empty_generation_is_left_to_the_projector_that_runs(house: House) -> None:
    house.vote(0, 100)
    with projector_lock(ProjectorSettings(data=house.data)):
        built = house.rebuild("votes")
    assert (built.generation, built.in_place) == (2, False)
    house.compare(2, "votes")


def test_a_second_one_of_the_same_projection_is_refused_and_harms_nothing(house: House) -> None:
    house.vote(0, 100)
    folder = ProjectorSettings(data=house.data).state / "votes"
    folder.mkdir(parents=True)
    with (
        FileLock(folder / "rebuild.lock"),
        pytest.raises(RebuildRefused, match="another rebuild of votes is under way"),
    ):
        house.rebuild("votes")
    assert house.rebuild("votes").records == 100


def test_a_projection_that_is_not_there_is_bad_usage(house: House) -> None:
    done = house.command("projections", "rebuild", "voters")
    assert done.returncode == 2
    assert "there is no projection 'voters'; there are: votes, posts, events" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_first_record_that_cannot_be_read_stops_it_with_its_position(house: House) -> None:
    house.vote(0, 200)
    partition, offset = house.spoil(b"acme/person-1", b"no vote at all")
    house.vote(200, 200)
    with pytest.raises(RebuildStopped, match=f"{house.log.topics.ballots}/{partition} offset {offset} cannot be read"):
        house.rebuild("votes", processes=2)
    with pytest.raises(RebuildStopped, match="--skip-dead-letters"):
        house.rebuild("votes", skip=True)  # no projector refused it yet, so it is no dead letter


def test_what_is_a_dead_letter_already_is_passed_over_when_told_to(house: House) -> None:
    house.vote(0, 100)
    partition, offset = house.spoil(b"acme/person-1", b"no vote at all")
    for name in ("votes", "events"):
        house.refuse(name, partition, offset)
    house.rebuild("votes", skip=True)
    house.compare(1, "votes")
    house.spoil(b"acme/person-1", b"nor is this")
    with pytest.raises(RebuildStopped, match=f"offset {offset + 1} cannot be read"):
        house.rebuild("votes", skip=True)


def test_one_that_is_built_elsewhere_is_refused(house: House, tmp_path: Path) -> None:
    house.vote(0, 4000)
    with projector_lock(ProjectorSettings(data=house.data)):
        process = house.start("votes", processes=1, block=20)
        try:
            assert process.stdout is not None
            assert next(line for line in process.stdout if int(line.split()[1]) > 0)
            elsewhere = House(house.log, house.clickhouse, tmp_path / "elsewhere")
            with (
                projector_lock(ProjectorSettings(data=elsewhere.data)),
                pytest.raises(RebuildRefused, match="elsewhere"),
            ):
                elsewhere.rebuild("votes")
        finally:
            process.kill()
            process.wait()
