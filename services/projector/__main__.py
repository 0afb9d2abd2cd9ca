"""`python -m services.projector`: the projector alone, by settings."""

import logging
import sys

from pydantic import ValidationError

from events.settings import KafkaSettings
from projections.clickhouse.settings import ClickHouseSettings
from services.projector.settings import ProjectorSettings
from services.projector.worker import run


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("aiokafka").setLevel(logging.WARNING)
    logging.getLogger("faust").setLevel(logging.WARNING)
    logging.getLogger("mode").setLevel(logging.WARNING)
    try:
        settings, kafka, clickhouse = ProjectorSettings(), KafkaSettings(), ClickHouseSettings()
    except ValidationError as error:
        print(f"projector: {error}", file=sys.stderr)  # noqa: T201
        return 2
    return run(settings, kafka, clickhouse)


if __name__ == "__main__":
    sys.exit(main())
