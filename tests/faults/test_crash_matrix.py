"""A dozen rounds of the crash matrix: every step of a flush. `make soak` plays 200."""

import random

from tests.support.crash_matrix import FOLDING, CrashMatrix, foldings
from tests.support.installation import Installation
from tests.support.traffic import Traffic

SEED = 7_011
PER_SECOND = 60


def test_a_projector_killed_at_every_step(installation: Installation) -> None:
    with Traffic(installation.kafka, seed=SEED, per_second=PER_SECOND) as traffic:
        matrix = CrashMatrix(installation, traffic, flush_ms=600)
        matrix.kill_projectors(foldings(random.Random(SEED), len(FOLDING)))
