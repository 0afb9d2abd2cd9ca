"""A database of one's own in the real ClickHouse, filled by the runner from a log in memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from events.position import Partition
from projections import catalog
from projections.clickhouse.settings import ClickHouseSettings
from projections.fold import Projection
from projections.posts import PostsProjection
from projections.ranking.query import Cursor, RankedPost, RankingRequest, ranked, ranking_query
from projections.votes import VotesProjection
from services.projector.clickhouse_view import ClickHouseView
from services.projector.memory import MemoryDeadLetters, MemoryStores
from services.projector.runner import Runner
from tests.support import installed
from tests.support.ballots import TOPIC, MemoryLog
from tests.support.ledger import LEDGER_TOPIC, MemoryLedger


class Database:
    """The tables and views of all projections, empty, in a database that nobody else uses meanwhile."""

    def __init__(self, url: str) -> None:
        options = ClickHouseSettings(CLICKHOUSE_URL=url).client_options()
        self.client: Client = clickhouse_connect.get_client(**options, autogenerate_session_id=False)
        self.settings = ClickHouseSettings(CLICKHOUSE_URL=url, GROUNDSWELL_DATABASE=installed.take(self.client, url))

    def drop(self) -> None:
        installed.give_back(self.settings.url, self.settings.database)
        self.client.close()

    def rows(self, sql: str, **parameters: object) -> list[tuple]:
        return self.client.query(sql.replace("groundswell.", f"{self.settings.database}."), parameters).result_rows

    def runner(self, projection: Projection, partitions: int) -> Runner:
        view = ClickHouseView(self.settings, projection, catalog.FIRST_GENERATION)
        return Runner(
            projection, view, MemoryStores(), MemoryDeadLetters(), "epoch", partition_count=lambda _: partitions
        )

    def fold_votes(self, log: MemoryLog, cuts: Sequence[int] = ()) -> None:
        runner = self.runner(VotesProjection(), log.partitions)
        for partition in range(log.partitions):
            runner.open(Partition(TOPIC, partition))
        for batch in log.batches(cuts):
            runner.feed(batch)
            runner.flush()

    def fold_posts(self, ledger: MemoryLedger) -> None:
        runner = self.runner(PostsProjection(), 1)
        runner.open(Partition(LEDGER_TOPIC, 0))
        runner.feed(ledger.batch())
        runner.flush()

    def page(self, request: RankingRequest) -> tuple[list[RankedPost], Cursor | None]:
        query = ranking_query(request, self.settings.database)
        return ranked(request, self.client.query(query.sql, dict(query.parameters)).result_rows)

    def pages(self, request: RankingRequest) -> list[RankedPost]:
        """Every page there is, one after the other."""
        found: list[RankedPost] = []
        while True:
            page, cursor = self.page(request)
            found += page
            if cursor is None:
                return found
            request = replace_cursor(request, cursor)


def replace_cursor(request: RankingRequest, cursor: Cursor) -> RankingRequest:
    import msgspec

    return msgspec.structs.replace(request, cursor=Cursor.from_token(cursor.token(), request.formula))


@contextmanager
def database(url: str) -> Iterator[Database]:
    made = Database(url)
    try:
        yield made
    finally:
        made.drop()
