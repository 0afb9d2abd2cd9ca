"""Partitions change hands every two seconds: projectors come, and go by TERM and by kill -9. `make soak`: a minute."""

import itertools
import re
import time

from tests.support.installation import Installation
from tests.support.live_projector import LiveProjector
from tests.support.traffic import Traffic

SEED = 7_013
SECONDS = 12.0
EVERY_SECONDS = 2.0
SESSION = {"GROUNDSWELL_PROJECTOR_SESSION_TIMEOUT_MS": 6000}  # the least that a broker grants
COMERS = 5
"""So many that each is forgotten (its session over) when it comes again: else it would get what it had."""
_TAKEN_UP = re.compile(r"partitions taken up count=(\d+)")


def taken_up(projector: LiveProjector) -> list[int]:
    """How many partitions it took up, each time."""
    return [int(count) for count in _TAKEN_UP.findall(projector.printed)]


def come_and_go(comer: LiveProjector, *, killed: bool) -> None:
    """Start it, wait until it has its share, and end it no sooner than the next change is due."""
    due = time.monotonic() + EVERY_SECONDS
    before = len(taken_up(comer))
    comer.start()
    comer.until(lambda: len(taken_up(comer)) > before, what="it has taken up partitions")
    time.sleep(max(0.0, due - time.monotonic()))
    if killed:
        comer.kill()
    else:
        assert comer.stop() == 0


def test_rebalances_under_load(installation: Installation) -> None:
    rebalance(installation, SECONDS)


def rebalance(installation: Installation, seconds: float) -> None:
    """One stays and the others come and go for so long; then what is there is the fold of the log."""
    stayer = installation.projector("stayer", settings=SESSION)
    comers = [installation.projector(f"comer-{number}", settings=SESSION) for number in range(COMERS)]
    with Traffic(installation.kafka, seed=SEED, per_second=150) as traffic:
        stayer.start()
        stayer.until(lambda: installation.progress() > 0, what="it has begun")
        until = time.monotonic() + seconds
        for number, comer in enumerate(itertools.cycle(comers)):
            come_and_go(comer, killed=number % 2 == 0)
            if time.monotonic() > until:
                break
    installation.catch_up(stayer)
    assert traffic.acknowledged <= installation.compare().event_ids
    shares = taken_up(stayer)
    assert len(set(shares)) > 1, "it never had to share"
    print(f"{number + 1} came and went; the one that stayed took up {shares}")  # noqa: T201 - pytest shows it with -s
    assert stayer.stop() == 0
