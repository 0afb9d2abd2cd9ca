"""`python -m services.projector`: the projector alone, by settings."""

import sys

from pydantic import ValidationError

from events import logs, tracing
from events.settings import KafkaSettings
from projections.clickhouse.settings import ClickHouseSettings
from services.projector.settings import ProjectorSettings
from services.projector.worker import run


def main() -> int:
    try:
        logs.set_up("projector")
        tracing.set_up("groundswell-projector")
        settings, kafka, clickhouse = ProjectorSettings(), KafkaSettings(), ClickHouseSettings()
    except ValidationError as error:
        logs.last_words("projector", logs.refused_settings(error))
        return 2
    return run(settings, kafka, clickhouse)


if __name__ == "__main__":
    sys.exit(main())
