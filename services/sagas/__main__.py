"""`python -m services.sagas`: the sagas alone, by settings."""

import sys

from pydantic import ValidationError

from events import logs, tracing
from events.settings import KafkaSettings
from services.sagas.process import run
from services.sagas.settings import SagasSettings


def main() -> int:
    try:
        logs.set_up("sagas")
        tracing.set_up("groundswell-sagas")
        settings, kafka = SagasSettings(), KafkaSettings()
    except ValidationError as error:
        logs.last_words("sagas", logs.refused_settings(error))
        return 2
    return run(settings, kafka)


if __name__ == "__main__":
    sys.exit(main())
