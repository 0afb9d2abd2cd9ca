import argparse
import sys
from pathlib import Path

from pydantic import ValidationError

from events import logs
from services.clickhouse.failure import ClickHouseError
from services.clickhouse.folder import FolderInUseError
from services.clickhouse.server import CannotServeError, serve


def main() -> int:
    arguments = argparse.ArgumentParser("services.clickhouse", description="ClickHouse's HTTP interface over chDB")
    arguments.add_argument("--path", type=Path, required=True, help="the folder that holds everything it keeps")
    arguments.add_argument("--port", type=int, default=8123, help="0 picks a free one")
    arguments.add_argument("--host", default="127.0.0.1", help="an address of this machine's own")
    arguments.add_argument("--port-file", type=Path, help="where to write the port when it is ready")
    given = arguments.parse_args()
    try:
        logs.set_up("clickhouse")
        serve(given.path, given.host, given.port, given.port_file)
    except (FolderInUseError, CannotServeError, ClickHouseError) as error:
        logs.last_words("error", str(error))
        return 1
    except ValidationError as error:
        logs.last_words("error", logs.refused_settings(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
