"""ClickHouse stopped under load: the projector holds back, its memory stays flat, and nothing is lost.

`make soak` has it away for ten minutes.
"""

import time

from tests.support.installation import Installation
from tests.support.live_projector import LiveProjector
from tests.support.traffic import Traffic

SEED = 7_003
PER_SECOND = 1800
COMING = 30_000
"""So many ballots come while it is away."""
GATHERED = 2500
GROWTH_BYTES = 15 * 1024 * 1024
"""Six times what may gather takes, and half of what all that comes meanwhile would: some 1 KiB a record."""
SETTINGS = {
    "GROUNDSWELL_PROJECTOR_MAX_GATHERED": GATHERED,
    "GROUNDSWELL_PROJECTOR_STALLED_AFTER_SECONDS": 5,
}


def watched(projector: LiveProjector, traffic: Traffic) -> list[int]:
    """Its memory, sampled until so many have come."""
    samples: list[int] = []
    until = len(traffic.acknowledged) + COMING
    while len(traffic.acknowledged) < until:
        assert projector.running, projector.printed[-3000:]
        samples.append(projector.resident_bytes())
        time.sleep(0.2)
    return samples


def test_clickhouse_stopped_under_load(installation: Installation) -> None:
    projector, front = installation.projector(settings=SETTINGS), installation.front
    projector.start()
    pid = projector.pid
    projector.until(lambda: installation.progress() > 0, what="it has begun")
    with Traffic(installation.kafka, seed=SEED, per_second=PER_SECOND) as traffic:
        before = installation.progress()
        projector.until(lambda: installation.progress() > before + 10_000, what="it works under load")
        front.stop()
        samples = watched(projector, traffic)
        assert projector.lag() > COMING, "the lag does not show"  # of the votes and of the events
        status, reason = projector.ready()
        assert (status, "made no progress" in reason) == (503, True), reason
        front.restart()
    told = f"memory from {min(samples) >> 20} to {max(samples) >> 20} MiB, while {COMING} ballots came"
    print(told)  # noqa: T201 - pytest shows it with -s, and where a test fails
    assert max(samples) - samples[0] < GROWTH_BYTES, told
    installation.catch_up(projector)
    projector.until(lambda: projector.lag() == 0, what="no lag shows")
    assert projector.ready()[0] == 200
    assert projector.pid == pid
    assert traffic.acknowledged <= installation.compare().event_ids
    assert projector.stop() == 0


def test_clickhouse_killed_in_the_middle_of_inserts(installation: Installation) -> None:
    projector, front = installation.projector(), installation.front
    projector.start()
    with Traffic(installation.kafka, seed=SEED, per_second=500) as traffic:
        for pause in (0.0, 0.05):
            before = installation.progress()
            projector.until(lambda before=before: installation.progress() > before, what="there is progress")
            time.sleep(pause)
            front.kill()
            front.restart()
    installation.catch_up(projector)
    assert traffic.acknowledged <= installation.compare().event_ids
