"""A process that kills itself with -9 at the n-th call of a step: `python -m tests.support.doomed WHEN NTH ACTIVITY`.

It runs what runs in production; only its way out is wrapped. Settings come from the environment, as for every service.
A projector counts from the moment on when it is sent USR1, the others from their start.
"""

import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import wraps

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.httpclient import HttpClient

from events.settings import KafkaSettings
from projections.clickhouse.settings import ClickHouseSettings
from services.cli.program import run as groundswell
from services.projector.__main__ import main as project
from services.projector.clickhouse_view import ClickHouseView
from services.projector.rocks import RocksStore
from services.projector.settings import ProjectorSettings
from services.rebuild.__main__ import main as work_at_rebuild
from services.rebuild.rebuild import Rebuild
from services.rebuild.workers import COMMAND

VOTES = "votes"
STEPS: Mapping[str, Sequence[tuple[type, str]]] = {
    "rows": [(ClickHouseView, "insert")],
    "sums": [(ClickHouseView, "_derive")],
    "progress": [(ClickHouseView, "write_progress")],
    "state": [(RocksStore, "write")],
    "statement": [(HttpClient, "command"), (Client, "query")],
}
"""What it may die at: right before or right after any of these calls."""


def command(when: str, nth: int, activity: str) -> Sequence[str]:
    """How to start it. `when` is "before" or "after", and a step."""
    return [sys.executable, "-m", "tests.support.doomed", when, str(nth), activity]


def doom(when: str, nth: int, *, armed: bool) -> None:
    """From now on, or once it is armed by USR1, the n-th call is the last."""
    side, step = when.split()
    left = [nth if armed else 0]
    signal.signal(signal.SIGUSR1, lambda *_: left.__setitem__(0, nth))

    def die_in_time() -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    for owner, name in STEPS[step]:
        setattr(owner, name, _around(getattr(owner, name), side, die_in_time))


def _around(call: Callable[..., object], side: str, die_in_time: Callable[[], None]) -> Callable[..., object]:
    @wraps(call)
    def wrapped(*arguments: object, **named: object) -> object:
        if side == "before":
            die_in_time()
        result = call(*arguments, **named)
        if side == "after":
            die_in_time()
        return result

    return wrapped


def _rebuild(worker: Sequence[str]) -> int:
    """With blocks so small that there are some."""
    from projections.catalog import BY_NAME
    from tests.support.generations import Seen

    kafka, clickhouse, projector = KafkaSettings(), ClickHouseSettings(), ProjectorSettings()
    projection = BY_NAME[VOTES]
    Rebuild(projection, kafka, clickhouse, projector, processes=1, block_records=500, worker=worker).run(Seen())
    return 0


def _move(how: str) -> int:
    return groundswell(["projections", how, VOTES])


def main(when: str, nth: str, activity: str) -> int:
    activities: Mapping[str, Callable[[], int]] = {
        "project": project,
        "rebuild": lambda: _rebuild(COMMAND),
        "rebuild by a doomed worker": lambda: _rebuild(command(when, int(nth), "work at rebuild")),
        "work at rebuild": work_at_rebuild,
        "verify": lambda: _move("verify"),
        "switch": lambda: _move("switch"),
        "roll back": lambda: _move("rollback"),
    }
    if activity != "rebuild by a doomed worker":
        doom(when, int(nth), armed=activity != "project")
    return activities[activity]()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
