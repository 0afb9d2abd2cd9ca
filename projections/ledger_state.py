"""Admission in a projection: the ledger's one rule, over the key-value state that a fold reads.

Every projection that reads the ledger judges its commits by `events.ledger.admission`, and so sees the same history as
the writers do. What the rule remembers is kept under keys that begin with `a`.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from events.ledger.admission import Admitted, decide
from events.ledger.commit import Commit, Marker, UndecodableRecord, decode_record
from events.log.batch import RecordBatch
from events.times import Millis
from projections.fold import Read, Rejected


class AdmittedCommit(NamedTuple):
    """A commit that counts, where it stands, and when it was recorded."""

    offset: int
    recorded: Millis
    commit: Commit


class LedgerState:
    """Which versions and commit ids were admitted so far: what was sealed through `Read`, what is newer here."""

    def __init__(self) -> None:
        self._values: dict[bytes, bytes | None] = {}
        self._changed: dict[bytes, bytes] = {}

    def admit(self, batch: RecordBatch, read: Read) -> tuple[Sequence[AdmittedCommit], Sequence[Rejected]]:
        """The commits of the batch that count, in order. Markers and void commits are passed over."""
        commits: list[AdmittedCommit] = []
        rejected: list[Rejected] = []
        for offset, recorded, value in zip(batch.offsets, batch.timestamps, batch.values, strict=True):
            try:
                record = decode_record(value)
            except UndecodableRecord as error:
                rejected.append(Rejected(offset, f"not a commit: {error}"))
                continue
            if not isinstance(record, Marker):
                commits.append(AdmittedCommit(offset, recorded, record))
        self._load((item.commit for item in commits), read)
        return list(self._admitted(commits)), rejected

    def seal(self) -> dict[bytes, bytes]:
        """The state's changes since the last call."""
        changed, self._values, self._changed = self._changed, {}, {}
        return changed

    def last_version(self, originator_id: UUID, /) -> int | None:
        """See `events.ledger.admission.AdmissionState`."""
        value = self._values[_version_key(originator_id)]
        return None if value is None else int(value)

    def admitted_digest(self, workspace: str, commit_id: str, /) -> bytes | None:
        """See `events.ledger.admission.AdmissionState`."""
        return self._values[_commit_key(workspace, commit_id)]

    def last_tracked(self, application: str, /) -> int | None:
        """See `events.ledger.admission.AdmissionState`."""
        value = self._values[_tracking_key(application)]
        return None if value is None else int(value)

    def _load(self, commits: Iterable[Commit], read: Read) -> None:
        keys = {
            key
            for commit in commits
            for key in (
                _commit_key(commit.workspace, commit.id),
                *(_version_key(event.originator_id) for event in commit.events),
                *(() if commit.tracking is None else (_tracking_key(commit.tracking.application),)),
            )
        }
        missing = sorted(keys - self._values.keys())
        self._values.update(zip(missing, read(missing), strict=True))

    def _admitted(self, commits: Iterable[AdmittedCommit]) -> Iterator[AdmittedCommit]:
        for item in commits:
            verdict = decide(self, item.commit)
            if not isinstance(verdict, Admitted):
                continue
            self._set(_commit_key(item.commit.workspace, item.commit.id), verdict.digest)
            for originator, version in verdict.last_versions.items():
                self._set(_version_key(originator), b"%d" % version)
            if verdict.tracked is not None:
                self._set(_tracking_key(verdict.tracked.application), b"%d" % verdict.tracked.notification_id)
            yield item

    def _set(self, key: bytes, value: bytes) -> None:
        self._values[key] = self._changed[key] = value


def _version_key(originator: UUID) -> bytes:
    return b"av" + originator.bytes


def _tracking_key(application: str) -> bytes:
    return f"at{application}".encode()


def _commit_key(workspace: str, commit_id: str) -> bytes:
    return f"ac{workspace}\0{commit_id}".encode()
