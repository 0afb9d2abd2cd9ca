"""Everything but the log may be deleted: it comes back from the log, to the same rows.

`make soak`: also where nobody votes any more, and the projector has only its own look every ten seconds.
"""

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
    with Traffic(installation.kafka, seed=SEED, per_second=200) as traffic:
        projector.start()
        projector.until(lambda: installation.progress() > 600, what="something is there to lose")
        for lose in (lose_clickhouse, lose_state):
            projector.kill()
            lose(installation)
            projector.start()
            time.sleep(0.5)
            lost = len(traffic.acknowledged)
            projector.until(lambda lost=lost: installation.progress() > 2 * lost, what="it is coming back")
    installation.catch_up(projector)
    assert traffic.acknowledged <= installation.compare().event_ids


def test_an_older_backup_restored_while_nothing_came_is_noticed_by_the_next_votes(installation: Installation) -> None:
    restore(installation, wake=True)


def restore(installation: Installation, *, wake: bool) -> None:
    """A client connects to a ClickHouse that was started again as if nothing had been: no call of a flush fails."""
    projector, front = installation.projector(), installation.front
    with Traffic(installation.kafka, seed=SEED, per_second=200) as traffic:
        projector.start()
        projector.until(lambda: installation.progress() > 300, what="something is there to back up")
        front.stop()
        backup = front.path.with_name(f"{front.path.name}-backup")
        shutil.copytree(front.path, backup, symlinks=True)
        front.restart()
        before = installation.progress()
        projector.until(lambda: installation.progress() > before + 300, what="the backup is out of date")
        with traffic.paused():
            installation.catch_up(projector)
            installation.compare()
            front.stop()
            shutil.rmtree(front.path)
            backup.rename(front.path)
            front.restart()
            if not wake:
                projector.wait()
        assert projector.wait() == 1
        assert "lost rows" in projector.printed.splitlines()[-1]
        projector.start()
    installation.catch_up(projector)
    assert traffic.acknowledged <= installation.compare().event_ids


def test_clickhouse_emptied_under_a_running_projector(installation: Installation) -> None:
    """It cannot know what else is gone, so it ends; whoever supervises it starts it, and all comes back."""
    projector = installation.projector()
    with Traffic(installation.kafka, seed=SEED, per_second=200) as traffic:
        projector.start()
        projector.until(lambda: installation.progress() > 600, what="something is there to lose")
        lose_clickhouse(installation)
        assert projector.wait() == 1
        assert projector.printed.splitlines()[-1].startswith("projector: ")
        projector.start()
        time.sleep(0.5)
    installation.catch_up(projector)
    assert traffic.acknowledged <= installation.compare().event_ids
