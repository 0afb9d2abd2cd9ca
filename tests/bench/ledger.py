# ruff: noqa: T201 - it prints what it measured
"""What the ledger does: one save, many at once, a race, and building the index again.

Starts a broker of its own. `python -m tests.bench.ledger [commits for the rebuild]` from the project's folder.
"""

import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from eventsourcing.persistence import IntegrityError, StoredEvent

from events.ledger.index import Receipt
from events.ledger.ledger import Ledger
from events.ledger.recorders import make_commit
from events.ledger.settings import LedgerSettings
from events.settings import KafkaSettings
from tests.support.kafka import KafkaProcess

STATE = (
    b'{"post":"p","board":"ideas","title":"A title of some forty characters, as usual","body":"' + b"x" * 200 + b'"}'
)


def open_ledger(kafka: KafkaSettings, index: Path) -> Ledger:
    ledger = Ledger(kafka, LedgerSettings(GROUNDSWELL_LEDGER_INDEX=index))
    ledger.start()
    return ledger


def submit(ledger: Ledger, originator: uuid.UUID | None = None, version: int = 1) -> "Future[Receipt]":
    event = StoredEvent(originator or uuid.uuid4(), version, "groundswell.post.submitted.v1", STATE)
    return ledger.submit(make_commit([event], workspace="bench"))


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def one_at_a_time(ledger: Ledger, saves: int = 2000) -> str:
    for _ in range(200):
        submit(ledger).result()
    times = sorted(timed(lambda: submit(ledger).result()) for _ in range(saves))
    return f"p50 {statistics.median(times) * 1e3:.2f} ms, p99 {times[int(saves * 0.99)] * 1e3:.2f} ms"


def from_threads(ledger: Ledger, threads: int = 50, saves: int = 10_000) -> str:
    def save(_: int) -> None:
        submit(ledger).result()

    with ThreadPoolExecutor(threads) as pool:
        seconds = timed(lambda: list(pool.map(save, range(saves))))
    return f"{saves / seconds:,.0f} saves/s"


def pipelined(ledger: Ledger, saves: int) -> str:
    def run() -> None:
        for start in range(0, saves, 5000):
            for future in [submit(ledger) for _ in range(min(5000, saves - start))]:
                future.result()

    return f"{saves / timed(run):,.0f} saves/s"


def race(first: Ledger, second: Ledger, seconds: float = 3) -> str:
    """Two processes' worth of ledgers on one aggregate, without the application's back-off."""
    originator, won, lost = uuid.uuid4(), 0, 0
    version = 1
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for future in [submit(ledger, originator, version) for ledger in (first, second)]:
            try:
                future.result()
                won += 1
            except IntegrityError:
                lost += 1
        version += 1
    return f"{won / seconds:,.0f} versions/s won, {lost / (won + lost):.0%} of the commits void"


def main(commits: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        broker = KafkaProcess.start(Path(folder) / "kafka")
        try:
            kafka = KafkaSettings(KAFKA_BOOTSTRAP_SERVERS=broker.bootstrap)
            first, second = (open_ledger(kafka, Path(folder) / name) for name in ("first", "second"))
            rows = {
                "cores": str(os.cpu_count()),
                "one save, two processes following": one_at_a_time(first),
                "50 threads, two processes following": from_threads(first),
                "two writers, one aggregate": race(first, second),
            }
            second.close()
            rows["50 threads"] = from_threads(first)
            rows["asynchronous, 5,000 in flight"] = pipelined(first, commits)
            total = first.index.next_offset
            first.close()
            third: list[Ledger] = []
            seconds = timed(lambda: third.append(open_ledger(kafka, Path(folder) / "third")))
            third[0].close()
            rows[f"index of {total:,} commits built again"] = f"{seconds:.1f} s, {total / seconds:,.0f} commits/s"
            for name, value in rows.items():
                print(f"{name:<45} {value}")
        finally:
            broker.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
