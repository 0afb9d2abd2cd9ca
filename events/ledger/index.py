"""The index: what was admitted so far, in SQLite. A cache of the log: delete it and it is built again.

The library's own recorder keeps the events; beside them stand each admitted commit's id and digest, and the offset
up to which the log was followed, all written in the same transaction. One thread writes, any thread reads.
"""

import contextlib
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from eventsourcing.persistence import StoredEvent, Tracking
from eventsourcing.sqlite import (
    SQLiteConnection,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteProcessRecorder,
)
from filelock import FileLock, Timeout

from events.ledger.admission import Admitted, Void, decide
from events.ledger.commit import Commit
from events.ledger.errors import IndexInUse
from events.ledger.pool import draining_datastore
from events.position import Position

logger = logging.getLogger(__name__)

SCHEMA = 1
_TABLES = (
    "CREATE TABLE IF NOT EXISTS ledger_followed (schema INTEGER, epoch TEXT, topic TEXT, next_offset INTEGER)",
    "CREATE TABLE IF NOT EXISTS ledger_commits (workspace TEXT, id TEXT, digest BLOB, log_offset INTEGER,"
    " first_notification INTEGER, events INTEGER, PRIMARY KEY (workspace, id)) WITHOUT ROWID",
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a commit was admitted, and the notification ids of its events. `repeated`: it was there before."""

    position: Position
    notification_ids: Sequence[int]
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class AdmittedCommit:
    """What listeners are told: one admitted commit, in the order of the log."""

    receipt: Receipt
    workspace: str
    events: Sequence[StoredEvent]


class LedgerIndex:
    """The index of one ledger in one file. Implements the admission rule's `AdmissionState`."""

    def __init__(self, path: Path, *, epoch: str, topic: str) -> None:
        """Open the index, or begin a new one if there is none for this epoch of this topic.

        Raises:
            IndexInUse: if another process (or another ledger of this one) holds it.
        """
        self.path = path
        self.topic = topic
        self.epoch = epoch
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(f"{path}.lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise IndexInUse(
                f"the ledger index {path} is in use by another process: give each its own path (LEDGER_INDEX)"
            ) from None
        try:
            self._open()
        except BaseException:
            self._lock.release()
            raise

    @property
    def next_offset(self) -> int:
        """The log was followed up to, not including, this offset."""
        return self._next_offset

    def restart(self) -> None:
        """Forget everything and begin at the log's start again."""
        self._close_connections()
        self._delete_files()
        self._open()

    def close(self) -> None:
        """Close the file and let others have it."""
        self._close_connections()
        self._lock.release()

    # -- what the rule reads (the writing thread only) --

    def last_version(self, originator_id: UUID, /) -> int | None:
        """The originator's last admitted version."""
        row = self._connection.execute(
            "SELECT MAX(originator_version) FROM stored_events WHERE originator_id=?", (originator_id.hex,)
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def admitted_digest(self, workspace: str, commit_id: str, /) -> bytes | None:
        """The digest of the commit admitted under this id."""
        row = self._connection.execute(
            "SELECT digest FROM ledger_commits WHERE workspace=? AND id=?", (workspace, commit_id)
        ).fetchone()
        return None if row is None else bytes(row[0])

    def last_tracked(self, application: str, /) -> int | None:
        """The highest notification id tracked for the application."""
        row = self._connection.execute(
            "SELECT MAX(notification_id) FROM tracking WHERE application_name=?", (application,)
        ).fetchone()
        return None if row[0] is None else int(row[0])

    # -- writing (one thread) --

    @contextlib.contextmanager
    def following_to(self, next_offset: int) -> Iterator[SQLiteCursor]:
        """A transaction for records up to `next_offset`: all of them and the position, or nothing."""
        with SQLiteConnection(self._connection, None).transaction(commit=True) as cursor:
            yield cursor
            cursor.execute("UPDATE ledger_followed SET next_offset=?", (next_offset,))
        self._next_offset = next_offset

    def admit(self, cursor: SQLiteCursor, offset: int, commit: Commit) -> AdmittedCommit | Void:
        """Judge the commit at this offset, and write it down if it counts."""
        verdict = decide(self, commit)
        if isinstance(verdict, Void):
            return verdict
        events = [
            StoredEvent(event.originator_id, event.originator_version, event.type, event.state_bytes)
            for event in commit.events
        ]
        ids = self._insert(cursor, events, verdict)
        cursor.execute(
            "INSERT INTO ledger_commits VALUES (?,?,?,?,?,?)",
            (commit.workspace, commit.id, verdict.digest, offset, ids[0] if ids else None, len(ids)),
        )
        return AdmittedCommit(Receipt(Position(self.topic, 0, offset), ids), commit.workspace, events)

    def _insert(self, cursor: SQLiteCursor, events: Sequence[StoredEvent], verdict: Admitted) -> Sequence[int]:
        tracked = verdict.tracked
        tracking = None if tracked is None else Tracking(tracked.application, tracked.notification_id)
        return self._recorder._insert_events(cursor, events, tracking=tracking) or ()

    # -- reading (any thread) --

    def find_commit(self, workspace: str, commit_id: str) -> tuple[bytes, Receipt] | None:
        """The digest and receipt of the commit that was admitted under this id."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(
                "SELECT digest, log_offset, first_notification, events FROM ledger_commits WHERE workspace=? AND id=?",
                (workspace, commit_id),
            )
            row = cursor.fetchone()
        return None if row is None else (bytes(row["digest"]), self._receipt(row, repeated=True))

    def admitted_commits(self) -> Iterator[AdmittedCommit]:
        """Everything admitted so far, in the order of the log. For the writing thread."""
        events = self._connection.execute("SELECT * FROM stored_events ORDER BY rowid")
        for row in self._connection.execute("SELECT * FROM ledger_commits ORDER BY log_offset"):
            stored = [
                StoredEvent(
                    UUID(event["originator_id"]), event["originator_version"], event["topic"], event["state"]
                )
                for event in events.fetchmany(row["events"])
            ] if row["events"] else []  # fmt: skip
            yield AdmittedCommit(self._receipt(row, repeated=False), row["workspace"], stored)

    def _receipt(self, row: sqlite3.Row, *, repeated: bool) -> Receipt:
        first = row["first_notification"] or 0
        ids = range(first, first + row["events"])
        return Receipt(Position(self.topic, 0, row["log_offset"]), ids, repeated)

    # -- the file --

    def _open(self) -> None:
        if not self._is_of_this_log():
            self._delete_files()
        self._connection = self._connect()
        self.datastore: SQLiteDatastore = draining_datastore(str(self.path))
        self._recorder = SQLiteProcessRecorder(self.datastore)
        self._recorder.create_table()
        for statement in _TABLES:
            self._connection.execute(statement)
        row = self._connection.execute("SELECT next_offset FROM ledger_followed").fetchone()
        if row is None:
            self._connection.execute("INSERT INTO ledger_followed VALUES (?,?,?,0)", (SCHEMA, self.epoch, self.topic))
        self._next_offset = 0 if row is None else int(row["next_offset"])

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")  # what a power cut takes is followed again
        return connection

    def _is_of_this_log(self) -> bool:
        if not self.path.exists():
            return True
        try:
            connection = self._connect()
            try:
                row = connection.execute("SELECT schema, epoch, topic FROM ledger_followed").fetchone()
            finally:
                connection.close()
        except sqlite3.DatabaseError as error:
            logger.warning("ledger index unreadable, building it again path=%s reason=%s", self.path, error)
            return False
        if row is not None and tuple(row) != (SCHEMA, self.epoch, self.topic):
            logger.warning("ledger index is of another log, building it again path=%s", self.path)
            return False
        return True

    def _delete_files(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)

    def _close_connections(self) -> None:
        self.datastore.close()
        self._connection.close()
