"""`python -m services.sagas`: the sagas alone, by settings."""

import sys

from pydantic import ValidationError

from events import logs, tracing
from events.domain.webhooks.settings import WebhookSettings
from events.settings import KafkaSettings
from projections.clickhouse.settings import ClickHouseSettings
from services.sagas.process import run
from services.sagas.settings import SagasSettings
from services.webhooks.settings import DeliverySettings


def main() -> int:
    try:
        logs.set_up("sagas")
        tracing.set_up("groundswell-sagas")
        settings, kafka = SagasSettings(), KafkaSettings()
        ClickHouseSettings(), WebhookSettings(), DeliverySettings()  # refused here and not in the midst
    except ValidationError as error:
        logs.last_words("sagas", logs.refused_settings(error))
        return 2
    return run(settings, kafka)


if __name__ == "__main__":
    sys.exit(main())
