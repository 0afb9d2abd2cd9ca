"""ClickHouse away for `--minutes` under load: memory stays flat within a tenth, then all is caught up and equal."""

import time

import pytest

from tests.support.installation import Installation
from tests.support.live_projector import LiveProjector
from tests.support.traffic import Traffic

PER_SECOND = 1500
FLAT = 0.1
GATHERED = 20_000
SETTLED_AFTER = 2 * GATHERED
"""Ballots: once so many came, what may gather has gathered."""
CATCH_UP_SECONDS = 900.0
MEBIBYTE = 1 << 20


def watched(projector: LiveProjector, traffic: Traffic, seconds: float) -> list[int]:
    """Its memory, once a second until the time is over, from when no more may gather."""
    samples: list[int] = []
    until, before = time.monotonic() + seconds, len(traffic.acknowledged)
    while time.monotonic() < until:
        assert projector.running, projector.printed[-3000:]
        if len(traffic.acknowledged) > before + SETTLED_AFTER:
            samples.append(projector.resident_bytes())
        time.sleep(1.0)
    return samples


def test_clickhouse_away_for_long_under_load(installation: Installation, pytestconfig: pytest.Config) -> None:
    minutes, seed = pytestconfig.getoption("minutes"), pytestconfig.getoption("dice")
    projector = installation.projector(settings={"GROUNDSWELL_PROJECTOR_MAX_GATHERED": GATHERED})
    projector.start()
    pid = projector.pid
    with Traffic(installation.kafka, seed=seed, per_second=PER_SECOND) as traffic:
        projector.until(lambda: installation.progress() > 20_000, what="it works under load")
        installation.front.stop()
        before = len(traffic.acknowledged)
        settled = watched(projector, traffic, minutes * 60)
        came = len(traffic.acknowledged) - before
        installation.front.restart()
    began = time.monotonic()
    installation.catch_up(projector, CATCH_UP_SECONDS)
    print(  # noqa: T201 - what a soak is run for
        f"{minutes:g} minutes away: {came} ballots came, memory from {settled[0] // MEBIBYTE} MiB between "
        f"{min(settled) // MEBIBYTE} and {max(settled) // MEBIBYTE} MiB; caught up in "
        f"{time.monotonic() - began:.0f} s"
    )
    assert max(settled) <= settled[0] * (1 + FLAT)
    assert projector.pid == pid
    assert traffic.acknowledged <= installation.compare().event_ids
    assert projector.stop() == 0
