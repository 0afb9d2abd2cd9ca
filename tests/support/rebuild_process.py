"""A rebuild as a process that a test can kill: `python -m tests.support.rebuild_process PROJECTION PROCESSES BLOCK`.

Prints `came N` whenever N more records are durable.
"""

import signal
import sys

from events.settings import KafkaSettings
from projections.catalog import BY_NAME
from projections.clickhouse.settings import ClickHouseSettings
from services.projector.settings import ProjectorSettings
from services.rebuild.choice import Choice
from services.rebuild.rebuild import Rebuild
from services.rebuild.standing import Standing


class Printed:
    """A watch that prints."""

    def chosen(self, choice: Choice, standing: Standing) -> None:
        self._standing = standing

    def came(self) -> None:
        sys.stdout.write(f"came {self._standing.folded}\n")
        sys.stdout.flush()

    def said(self, text: str) -> None:
        sys.stderr.write(f"{text}\n")


def main() -> None:
    # A shell starts what runs in the background with Ctrl-C ignored, and so may these tests have been started.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    name, processes, block = sys.argv[1:]
    projection = BY_NAME[name]
    places = KafkaSettings(), ClickHouseSettings(), ProjectorSettings()
    Rebuild(projection, *places, processes=int(processes), block_records=int(block)).run(Printed())


if __name__ == "__main__":
    main()
