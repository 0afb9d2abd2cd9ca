"""Inserts of which the projector does not know whether ClickHouse has them: sent again, they change nothing."""

from tests.support.doubtful_proxy import DoubtfulProxy
from tests.support.installation import Installation
from tests.support.traffic import Traffic

SEED = 7_005


def test_answers_lost_and_requests_cut(installation: Installation) -> None:
    with DoubtfulProxy(installation.front.port, seed=SEED, trouble=0.1) as proxy:
        behind_it = installation.clickhouse_at(proxy.port, installation.clickhouse.database)
        projector = installation.projector(clickhouse=behind_it)
        with Traffic(installation.kafka, seed=SEED, per_second=1000) as traffic:
            projector.start()
            projector.until(lambda: installation.progress() > 0, what="the tables are made")
            proxy.troubled = True
            projector.until(
                lambda: proxy.answers_dropped >= 10 and proxy.requests_cut >= 10 and installation.progress() > 5000,
                what="there was trouble enough",
            )
        proxy.troubled = False
        installation.catch_up(projector)
        assert traffic.acknowledged <= installation.compare().event_ids
        assert projector.stop() == 0
