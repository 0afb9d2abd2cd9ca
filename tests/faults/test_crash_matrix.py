"""A dozen rounds of the crash matrix: every step of a flush, and of a generation's life. `make soak` plays 200."""

import random

from tests.support.crash_matrix import FOLDING, CrashMatrix, foldings, movements
from tests.support.installation import Installation
from tests.support.traffic import Traffic

SEED = 7_011
PER_SECOND = 100


def test_a_projector_killed_at_every_step(installation: Installation) -> None:
    with Traffic(installation.kafka, seed=SEED, per_second=PER_SECOND) as traffic:
        CrashMatrix(installation, traffic).kill_projectors(foldings(random.Random(SEED), len(FOLDING)))


def test_whoever_builds_proves_or_moves_a_generation_killed_at_it(installation: Installation) -> None:
    with Traffic(installation.kafka, seed=SEED, per_second=PER_SECOND, flawless=True) as traffic:
        matrix = CrashMatrix(installation, traffic, flush_ms=1000)
        for each in movements(random.Random(SEED), each=1):
            matrix.kill_movement(each)
    assert len(matrix.killed) >= 4, "most have to die before they are through"
