"""The crash matrix of a generation's life: whoever builds, proves or moves one is killed at it."""

import random

from tests.support.crash_matrix import CrashMatrix, movements
from tests.support.installation import Installation
from tests.support.traffic import Traffic

SEED = 7_011
PER_SECOND = 60


def test_whoever_builds_proves_or_moves_a_generation_killed_at_it(installation: Installation) -> None:
    with Traffic(installation.kafka, seed=SEED, per_second=PER_SECOND, flawless=True) as traffic:
        matrix = CrashMatrix(installation, traffic, flush_ms=1000)
        for each in movements(random.Random(SEED), each=1):
            matrix.kill_movement(each)
    assert len(matrix.killed) >= 4, "most have to die before they are through"
