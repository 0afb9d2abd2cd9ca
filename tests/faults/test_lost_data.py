"""Everything but the log may be deleted: it comes back from the log, to the same rows."""

import shutil
import time

from tests.support.installation import Installation
from tests.support.traffic import Traffic

SEED = 7_004


def lose_clickhouse(installation: Installation) -> None:
    front = installation.front
    front.kill()
    shutil.rmtree(front.path)
    front.restart()


def lose_state(installation: Installation) -> None:
    shutil.rmtree(installation.data / "state")


def test_what_was_deleted_comes_back(installation: Installation) -> None:
    projector = installation.projector()
    with Traffic(installation.kafka, seed=SEED, per_second=1000) as traffic:
        projector.start()
        projector.until(lambda: installation.progress() > 3000, what="something is there to lose")
        for lose in (lose_clickhouse, lose_state):
            projector.kill()
            lose(installation)
            projector.start()
            time.sleep(0.5)
            lost = len(traffic.acknowledged)
            projector.until(lambda lost=lost: installation.progress() > 2 * lost, what="it is coming back")
    installation.catch_up(projector)
    assert traffic.acknowledged <= installation.compare().event_ids


def test_clickhouse_emptied_under_a_running_projector(installation: Installation) -> None:
    """It cannot know what else is gone, so it ends; whoever supervises it starts it, and all comes back."""
    projector = installation.projector()
    with Traffic(installation.kafka, seed=SEED, per_second=1000) as traffic:
        projector.start()
        projector.until(lambda: installation.progress() > 3000, what="something is there to lose")
        lose_clickhouse(installation)
        assert projector.wait() == 1
        assert projector.printed.splitlines()[-1].startswith("projector: ")
        projector.start()
        time.sleep(0.5)
    installation.catch_up(projector)
    assert traffic.acknowledged <= installation.compare().event_ids
