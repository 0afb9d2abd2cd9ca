"""Kafka stopped and killed under the projector: it waits, and goes on where it was."""

import time

from tests.support.installation import Installation
from tests.support.traffic import Traffic

SEED = 7_002
AWAY_SECONDS = 2.0


def test_kafka_stopped_and_killed(installation: Installation) -> None:
    projector, broker = installation.projector(), installation.broker
    projector.start()
    pid = projector.pid
    with Traffic(installation.kafka, seed=SEED, per_second=1000) as traffic:
        for end in (broker.stop, broker.kill):
            before = installation.progress()
            projector.until(lambda before=before: installation.progress() > before, what="there is progress")
            end()
            time.sleep(AWAY_SECONDS)
            assert projector.running, projector.printed[-3000:]
            broker.restart()
        before = installation.progress()
        projector.until(lambda: installation.progress() > before + 1000, what="it goes on")
    projector.until(installation.caught_up, what="ClickHouse has come to the end of the log")
    assert projector.pid == pid
    assert traffic.refusals > 0, "the writer never noticed"
    assert traffic.acknowledged <= installation.compare().event_ids


def test_started_while_kafka_is_away(installation: Installation) -> None:
    projector, broker = installation.projector(), installation.broker
    with Traffic(installation.kafka, seed=SEED, per_second=1000) as traffic:
        time.sleep(0.5)
    broker.stop()
    try:
        projector.start()
        projector.until(lambda: projector.ready()[0] == 503, what="it says that it is not ready")
        assert "waiting for Kafka" in projector.ready()[1]
    finally:
        broker.restart()
    projector.until(installation.caught_up, what="ClickHouse has come to the end of the log")
    assert traffic.acknowledged <= installation.compare().event_ids
