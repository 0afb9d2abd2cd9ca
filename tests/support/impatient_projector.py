"""The projector as in production, but for how long it waits for ClickHouse: see `COMMAND`.

A test that delays a request past the time-out need not wait a minute for that.
"""

import sys

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from services.projector.__main__ import main

TIMEOUT_SECONDS = 2
COMMAND = (sys.executable, "-m", "tests.support.impatient_projector")

_get_client = clickhouse_connect.get_client


def _get_impatient_client(**options: object) -> Client:
    return _get_client(**{**options, "send_receive_timeout": TIMEOUT_SECONDS})


if __name__ == "__main__":
    clickhouse_connect.get_client = _get_impatient_client
    sys.exit(main())
