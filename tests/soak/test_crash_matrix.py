"""The crash matrix at length: `--rounds` of it, drawn from `--dice`, on a fresh log every so many."""

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.clickhouse import ClickHouseProcess
from tests.support.crash_matrix import CrashMatrix, Round, foldings, movements
from tests.support.installation import Installation
from tests.support.kafka import KafkaProcess
from tests.support.traffic import Traffic

TOGETHER = 20
"""Rounds on one log: each compares all of it."""
PER_SECOND = 100


@contextmanager
def fresh(kafka: KafkaProcess, clickhouse: ClickHouseProcess, folder: Path) -> Iterator[Installation]:
    made = Installation(kafka, clickhouse, folder, f"s{uuid.uuid4().hex[:10]}")
    try:
        yield made
    finally:
        made.end()


def test_killed_at_every_step(
    mortal_kafka: KafkaProcess, mortal_clickhouse: ClickHouseProcess, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    rounds, seed = pytestconfig.getoption("rounds"), pytestconfig.getoption("dice")
    dice = random.Random(seed)
    killed: list[Round] = []
    while len(killed) < rounds:
        folder = tmp_path / str(len(killed))
        with (
            fresh(mortal_kafka, mortal_clickhouse, folder) as installation,
            # A rebuild stops at what cannot be read: there is nothing of the kind here.
            Traffic(installation.kafka, seed=seed + len(killed), per_second=PER_SECOND, flawless=True) as traffic,
        ):
            matrix = CrashMatrix(installation, traffic)
            matrix.kill_projectors(foldings(dice, min(TOGETHER, rounds - len(killed))))
            for each in movements(dice, each=2):
                matrix.kill_movement(each)
            killed += matrix.killed
    print(f"{len(killed)} kills, each healed")  # noqa: T201 - what a soak is run for
