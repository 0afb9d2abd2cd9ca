"""A projector of `SeenProjection` into an `SqliteView`, as a process: `python -m tests.support.projector_process FILE`.

Kafka and the projector by their usual settings.
"""

import asyncio
import logging
import signal
import sys
from pathlib import Path

from events.settings import KafkaSettings
from services.projector.ports import Views
from services.projector.settings import ProjectorSettings
from services.projector.worker import work
from tests.support.one_generation import OneGeneration
from tests.support.seen import SeenProjection
from tests.support.sqlite_view import SqliteView


async def main() -> None:
    logging.basicConfig(level=logging.INFO)
    settings = ProjectorSettings()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)

    async def prepare() -> Views:
        return OneGeneration(SqliteView(Path(sys.argv[1]), settings.instance), [SeenProjection()])

    await work(settings, KafkaSettings(), [SeenProjection()], prepare, stop)


if __name__ == "__main__":
    asyncio.run(main())
