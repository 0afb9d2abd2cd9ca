"""Inserts of which the projector does not know whether ClickHouse has them: sent again, they change nothing."""

from tests.support import impatient_projector
from tests.support.doubtful_proxy import CUT, DELAYED, DROPPED, DoubtfulProxy
from tests.support.installation import Installation
from tests.support.traffic import Traffic

SEED = 7_005
DELAY_SECONDS = impatient_projector.TIMEOUT_SECONDS + 1.0


def test_answers_lost_requests_cut_and_requests_delayed(installation: Installation) -> None:
    with DoubtfulProxy(seed=SEED, trouble=0.1, delay_seconds=DELAY_SECONDS) as proxy:
        proxy.target_port = installation.front.port
        behind_it = installation.clickhouse_at(proxy.port, installation.clickhouse.database)
        projector = installation.projector(clickhouse=behind_it)
        with Traffic(installation.kafka, seed=SEED, per_second=200) as traffic:
            projector.start(impatient_projector.COMMAND)
            projector.until(lambda: installation.progress() > 0, what="the tables are made")
            proxy.troubled = True
            projector.until(
                lambda: (
                    proxy.troubles[DROPPED] >= 10 and proxy.troubles[CUT] >= 6 and proxy.troubles[DELAYED] >= 4
                    and installation.progress() > 1000
                ),
                what="there was trouble enough",
            )  # fmt: skip
        proxy.troubled = False
        installation.catch_up(projector)
        assert traffic.acknowledged <= installation.compare().event_ids
        assert projector.stop() == 0
