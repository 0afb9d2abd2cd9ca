"""Clients that save commits in a ledger whatever happens, and keep what they were told."""

import threading
import uuid

from eventsourcing.persistence import StoredEvent

from events.ledger.commit import Commit
from events.ledger.errors import LedgerUnavailable, OutcomeUnknown
from events.ledger.ledger import Ledger
from events.ledger.recorders import make_commit


class SavingClients:
    """Threads that save, each its own aggregates, and remember what they were told."""

    def __init__(self, ledger: Ledger, threads: int) -> None:
        self._ledger = ledger
        self._stop = threading.Event()
        self.succeeded: list[Commit] = []
        self.unknown: list[Commit] = []
        self.unavailable: list[Commit] = []
        self._threads = [threading.Thread(target=self._save_on) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _save_on(self) -> None:
        while not self._stop.is_set():
            commit = make_commit([StoredEvent(uuid.uuid4(), 1, "t", b"{}")], workspace="acme")
            try:
                self._ledger.submit(commit).result()
            except OutcomeUnknown:
                self.unknown.append(commit)
            except LedgerUnavailable:
                self.unavailable.append(commit)
            else:
                self.succeeded.append(commit)
