"""Kafka stopped and killed under the projector, and away when it starts: it waits, and goes on where it was."""

import time

from tests.support.installation import Installation
from tests.support.traffic import Traffic

SEED = 7_002
AWAY_SECONDS = 2.0


def test_kafka_stopped_and_killed(installation: Installation) -> None:
    projector, broker = installation.projector(), installation.broker

    def goes_on() -> None:
        before = installation.progress()
        projector.until(lambda: installation.progress() > before + 500, what="there is progress")

    projector.start()
    pid = projector.pid
    with Traffic(installation.kafka, seed=SEED, per_second=300) as traffic:
        goes_on()
        broker.stop()
        time.sleep(AWAY_SECONDS)
        broker.restart()
        goes_on()
        assert projector.pid == pid
        broker.kill()
        time.sleep(AWAY_SECONDS)
        assert projector.running, projector.printed[-3000:]
        projector.kill()
        projector.start()
        projector.until(lambda: "waiting for Kafka" in projector.ready()[1], what="it says what it waits for")
        assert projector.ready()[0] == 503
        broker.restart()
        goes_on()
    installation.catch_up(projector)
    assert traffic.refusals > 0, "the writer never noticed"
    assert traffic.acknowledged <= installation.compare().event_ids
