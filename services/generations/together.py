"""Two generations at the same position, for a moment: the barrier's other side."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence, Set
from typing import NamedTuple, TypeVar

import uuid_utils
from clickhouse_connect.driver.client import Client

from events.position import Partition
from projections.clickhouse import barrier_log
from projections.clickhouse.barrier_log import Standing
from projections.clickhouse.progress import progress_of
from projections.generations import Generation, GenerationRefused
from services.generations.projection_log import ProjectionLog

logger = logging.getLogger(__name__)

T = TypeVar("T")

SPARE_SECONDS = 1.5
"""What the barrier must still hold for, at least, when something is to be done within it."""
ATTEMPTS = 6
PAUSE_SECONDS = 2.0
"""Between two attempts: what waited in the meantime is folded."""
_LOOK_SECONDS = 0.05


class NotTogether(GenerationRefused):
    """One generation stands behind the other, and nobody follows it."""

    def __init__(self, behind: Generation, records: int) -> None:
        super().__init__(
            f"{behind.title} stands {records:,} records behind and nobody follows it: start a projector of the release "
            f"that built it (code {behind.code})"
        )
        self.behind = behind
        self.records = records


class NotInTime(GenerationRefused):
    """The projectors are too busy, or too far apart, to hold at one position within the time that they may be held."""


class Together:
    """Both generations hold: at the same position, but for one that was allowed to stand behind."""

    def __init__(self, client: Client, database: str, barrier: str, projection: str, sides: Sequence[Standing]) -> None:
        self.sides = sides
        self._client = client
        self._database = database
        self._barrier = barrier
        self._projection = projection

    @property
    def seconds_left(self) -> float:
        """How long they still hold."""
        return barrier_log.seconds_left(self._client, self._database, self._barrier, self._projection)

    def check(self, seconds: float = 0.0) -> None:
        """Raises NotInTime if they may not hold for so long any more: what is done now does not count."""
        if self.seconds_left <= seconds:
            raise NotInTime("the projectors were held for too long: try again when the machine is less busy")


def together(
    client: Client,
    database: str,
    one: Generation,
    other: Generation,
    log: ProjectionLog,
    act: Callable[[Together], T],
    *,
    may_stand_behind: Generation | None = None,
) -> T:
    """Bring two generations of a projection to the same position in each partition, and act while they hold there.

    Where the projectors were too busy, or `act` says so (`Together.check`), all of it is tried again.
    `may_stand_behind` is a generation that need not come up if nobody follows it.

    Raises:
        NotTogether: if one stands back and nobody follows it.
        NotInTime: if they did not hold in time, asked several times.
    """
    projection, generations = one.projection, (one, other)
    for attempt in range(1, ATTEMPTS + 1):
        followed = {each.generation for each in generations if log.is_followed(each)}
        barrier = str(uuid_utils.uuid7())
        meeting = _Meeting(client, database, barrier, generations, log.partitions, followed, may_stand_behind)
        barrier_log.ask(client, database, barrier, projection, [each.generation for each in generations])
        try:
            return act(Together(client, database, barrier, projection, meeting.sides()))
        except NotInTime as error:
            if attempt == ATTEMPTS:
                raise
            logger.warning("asking again reason=%s", error)
        finally:
            barrier_log.release(client, database, barrier, projection)
        time.sleep(PAUSE_SECONDS)
    raise AssertionError("unreachable: the last attempt raises")


class _Meeting(NamedTuple):
    """Two generations on their way to the same position."""

    client: Client
    database: str
    barrier: str
    generations: tuple[Generation, Generation]
    partitions: Sequence[Partition]
    followed: Set[int]
    may_stand_behind: Generation | None

    def sides(self) -> Sequence[Standing]:
        """Where both hold, once that is the same place, or one is excused."""
        projection = self.generations[0].projection
        aimed: Mapping[Partition, int] = {}
        while True:
            held = barrier_log.held(self.client, self.database, self.barrier, projection)
            sides = [self._side(each, held.get(each.generation, {})) for each in self.generations]
            target = {each: max(side.standing[each] for side in sides) for each in self.partitions}
            if all(side.answered for side in sides):
                if self._met(sides, target):
                    return [side.standing for side in sides]
                if target != aimed:
                    barrier_log.aim(self.client, self.database, self.barrier, projection, target)
                    aimed = target
            if barrier_log.seconds_left(self.client, self.database, self.barrier, projection) < SPARE_SECONDS:
                raise NotInTime(
                    f"the projectors of {projection} did not hold at one position in time: try again when they have "
                    "less to do"
                )
            time.sleep(_LOOK_SECONDS)

    def _side(self, generation: Generation, held: Standing) -> "_Side":
        progress = progress_of(self.client, self.database, generation)
        followed = generation.generation in self.followed
        return _Side(
            generation,
            {each: max(held.get(each, 0), progress.get(each, 0)) for each in self.partitions},
            followed,
            not followed or all(each in held for each in self.partitions),
            # Who lost the state folds again what is in the tables already: they show more than what it has come to.
            not followed or all(held.get(each, -1) >= progress.get(each, 0) for each in self.partitions),
        )

    def _met(self, sides: "Sequence[_Side]", target: Standing) -> bool:
        """Whether all stand at the target, or what does not is excused.

        Raises:
            NotTogether: if one stands behind, and nobody follows it.
        """
        met = all(side.exact for side in sides)
        for side in sides:
            behind = sum(target[each] - side.standing[each] for each in self.partitions)
            if behind and side.followed:
                met = False
            elif behind and side.generation != self.may_stand_behind:
                raise NotTogether(side.generation, behind)
        return met


class _Side(NamedTuple):
    """One generation on its way. What nobody follows stands still; `answered` is who follows in every partition.

    `exact`: its tables hold what stands before `standing`, and nothing else.
    """

    generation: Generation
    standing: Standing
    followed: bool
    answered: bool
    exact: bool
