"""The projector killed with -9 at random moments under load, from its first import to its last flush.

`make soak` plays 200 rounds of the crash matrix.
"""

import random
import time

from tests.support.installation import Installation
from tests.support.live_projector import LiveProjector
from tests.support.traffic import Traffic

SEED = 20_261_124
ROUNDS = 5
STARTING_SECONDS = 1.8
FLUSHING_SECONDS = 0.3


def live_through(projector: LiveProjector, installation: Installation, dice: random.Random) -> bool:
    """Half of the time somewhere in the start; else until it makes progress, and some flushes on. Whether it did."""
    before = installation.progress()
    if dice.random() < 0.5:
        time.sleep(dice.uniform(0.3, STARTING_SECONDS))
    else:
        projector.until(lambda: installation.progress() > before, what="there is progress")
        time.sleep(dice.uniform(0.0, FLUSHING_SECONDS))
    return installation.progress() > before


def test_killed_at_random_moments_under_load(installation: Installation) -> None:
    dice = random.Random(SEED)
    projector = installation.projector()
    with Traffic(installation.kafka, seed=SEED, per_second=300) as traffic:
        progressed = 0
        for _ in range(ROUNDS):
            projector.start()
            progressed += live_through(projector, installation, dice)
            assert projector.running, projector.printed[-3000:]
            projector.kill()
    assert progressed >= 2, "kills have to fall into its work too"
    projector.start()
    installation.catch_up(projector)
    folded = installation.compare()
    assert len(traffic.acknowledged) > 1500
    assert traffic.acknowledged <= folded.event_ids
    assert projector.stop() == 0
