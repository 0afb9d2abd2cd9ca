"""Which generation a rebuild builds: the next one, the one that is being built, or an empty live one in place."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from clickhouse_connect.driver.client import Client

from events.position import Partition
from projections.catalog import create_generation, new_generation
from projections.clickhouse.generation_log import read_generations
from projections.clickhouse.progress import progress_of
from projections.fold import Projection
from projections.generations import Generation, State, live_one, next_number
from services.rebuild.flushing import LONGEST_SECONDS
from services.rebuild.refusing import RebuildRefused

LOOK_AGAIN_SECONDS = 2 * LONGEST_SECONDS
"""Whoever builds shows progress more often than that."""


class Choice(NamedTuple):
    """The generation to build. `in_place`: it is live already, and empty. `goes_on`: some of it was built before."""

    generation: Generation
    in_place: bool
    goes_on: bool


class Chooser:
    """Chooses for one projection, whose states are kept under `folder`."""

    def __init__(self, client: Client, database: str, projection: Projection, folder: Path) -> None:
        self._client = client
        self._database = database
        self._projection = projection
        self._folder = folder

    def choose(self, ends: Mapping[Partition, int], *, alone: bool) -> Choice:
        """What to build, entered as `building` where it is new.

        In place only where nobody here follows the live generation (`alone`): then nobody reads anything of it either.

        Raises:
            RebuildRefused: if somebody else builds it, or other code did.
        """
        known = read_generations(self._client, self._database, self._projection.name)
        live = live_one(known)
        if alone and live is not None and live.code == self._projection.code:
            progress = progress_of(self._client, self._database, live)
            if not progress or self._was_left(live, progress, ends):
                self._mark(live).parent.mkdir(parents=True, exist_ok=True)
                self._mark(live).touch()
                return Choice(live, in_place=True, goes_on=bool(progress))
        building = [each for each in known if each.state is State.BUILDING]
        if building:
            self._check(building[-1])
            return Choice(building[-1], in_place=False, goes_on=True)
        made = new_generation(
            self._projection, next_number(known), self._database, State.BUILDING, at=time.time_ns() // 1_000_000
        )
        create_generation(self._client, self._database, self._projection, made)
        return Choice(made, in_place=False, goes_on=False)

    def built(self, choice: Choice) -> None:
        """Take note that what was built in place is whole."""
        self._mark(choice.generation).unlink(missing_ok=True)

    def _was_left(self, live: Generation, progress: Mapping[Partition, int], ends: Mapping[Partition, int]) -> bool:
        """Whether an earlier rebuild in place was interrupted, and nobody finished its work since."""
        behind = any(progress.get(partition, 0) < end for partition, end in ends.items())
        return behind and self._mark(live).exists()

    def _mark(self, live: Generation) -> Path:
        return self._folder / f"in-place-{live.generation}"

    def _check(self, building: Generation) -> None:
        """Refuse where the generation grows though nobody here builds it, or where other code began it."""
        name = self._projection.name
        if building.code != self._projection.code:
            raise RebuildRefused(
                f"{building.title} is being built by code {building.code}, and this is code {self._projection.code}: "
                f"let that release finish it, or groundswell projections drop {name} --generation {building.generation}"
            )
        before = progress_of(self._client, self._database, building)
        if not before:
            return
        time.sleep(LOOK_AGAIN_SECONDS)
        if progress_of(self._client, self._database, building) != before:
            raise RebuildRefused(
                f"{building.title} is being built by another process, elsewhere: groundswell projections list shows "
                "how far it is"
            )
