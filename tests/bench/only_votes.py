"""The projector with the projection of votes alone: `python -m tests.bench.only_votes`, by the usual settings."""

import asyncio
import logging
import signal

from events.settings import KafkaSettings
from projections.clickhouse.settings import ClickHouseSettings
from projections.votes import VotesProjection
from services.projector import database
from services.projector.settings import ProjectorSettings
from services.projector.worker import work


async def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in ("aiokafka", "faust", "mode"):
        logging.getLogger(name).setLevel(logging.WARNING)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    clickhouse = ClickHouseSettings()
    votes = [VotesProjection()]
    await work(ProjectorSettings(), KafkaSettings(), votes, lambda: database.prepare(clickhouse, votes), stop)


if __name__ == "__main__":
    asyncio.run(main())
