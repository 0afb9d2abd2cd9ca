"""Two projectors share the partitions; one is frozen until the other has taken over, and wakes up as a zombie."""

import re
import time

from projections.catalog import PROJECTIONS
from projections.fold import topics_read
from tests.support.installation import Installation
from tests.support.live_projector import LiveProjector
from tests.support.traffic import Traffic

SEED = 7_001
SESSION = {"GROUNDSWELL_PROJECTOR_SESSION_TIMEOUT_MS": 6000}  # the least that a broker grants
ZOMBIE_SECONDS = 1.0
_TAKEN_UP = re.compile(r"partitions taken up count=(\d+)")


def taken_up(projector: LiveProjector) -> int:
    """How many partitions it took up last."""
    return int(["0", *_TAKEN_UP.findall(projector.printed)][-1])


def test_one_of_two_is_frozen_and_wakes(installation: Installation) -> None:
    partitions = len(installation.topics.partitions_of(topics_read(PROJECTIONS)))
    frozen, other = (installation.projector(name, settings=SESSION) for name in ("frozen", "other"))
    with Traffic(installation.kafka, seed=SEED, per_second=200) as traffic:
        frozen.start()
        frozen.until(lambda: taken_up(frozen) == partitions, what="it has all partitions")
        other.start()
        other.until(
            lambda: 0 < taken_up(other) < partitions == taken_up(frozen) + taken_up(other), what="they share them"
        )
        before = installation.progress()
        frozen.until(lambda: installation.progress() > before, what="both work")
        frozen.freeze()
        try:
            other.until(lambda: taken_up(other) == partitions, what="it has taken over")
            before = installation.progress()
            other.until(lambda: installation.progress() > before, what="it works alone")
        finally:
            frozen.wake()
        time.sleep(ZOMBIE_SECONDS)  # what the zombie holds is older than what stands, and goes out now
        frozen.until(lambda: 0 < taken_up(other) < partitions, what="they share them again")
    installation.catch_up(frozen)
    assert traffic.acknowledged <= installation.compare().event_ids
    assert (frozen.stop(), other.stop()) == (0, 0)
