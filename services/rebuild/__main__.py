"""`python -m services.rebuild`: one worker, which reads its order from standard input and lives while that is open.

Settings come from the environment, as for every service. Each line on standard output is a message.
"""

import asyncio
import logging
import resource
import sys
import threading
from pathlib import Path

from clickhouse_connect.driver.exceptions import Error

from events.log.opening import LogError
from events.settings import KafkaSettings
from projections.clickhouse.settings import ClickHouseSettings
from services.projector.runner import ProjectorStopped
from services.rebuild.messages import Ended, Failed, Message, Order, Said, decode_order, encode
from services.rebuild.refusing import RebuildStopped, explained
from services.rebuild.worker import work

_OUTPUT = threading.Lock()


def main() -> int:
    order = decode_order(sys.stdin.buffer.readline())
    logging.basicConfig(level=logging.WARNING, handlers=[_Told()])
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        caught_up = asyncio.run(_work(order))
    except (RebuildStopped, ProjectorStopped, LogError) as error:
        tell(Failed(str(error)))
    except Error as error:
        tell(Failed(f"ClickHouse refuses: {str(error).splitlines()[0][:300]}"))
    except Exception as error:
        tell(Failed(explained(error, order.state)))
    else:
        tell(Ended(caught_up, _peak_bytes()))
        return 0
    return 1


def tell(message: Message) -> None:
    """Send a message to the rebuild."""
    with _OUTPUT:
        sys.stdout.buffer.write(encode(message) + b"\n")
        sys.stdout.buffer.flush()


class _Told(logging.Handler):
    """Sends what is logged: why something waits, or is refused."""

    def emit(self, record: logging.LogRecord) -> None:
        tell(Said(record.getMessage()))


async def _work(order: Order) -> bool:
    stop = asyncio.Event()
    loop, parent = asyncio.get_running_loop(), sys.stdin.fileno()

    def ended() -> None:
        loop.remove_reader(parent)
        stop.set()

    # Nothing more is sent: what makes it readable is its end, and that is the rebuild's.
    loop.add_reader(parent, ended)
    return await work(order, KafkaSettings(), ClickHouseSettings(), stop, tell)


def _peak_bytes() -> int:
    """The most memory that was ever resident."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    sys.exit(main())
