"""The admission rule: which commits of the ledger count. Pure; every reader applies it to the log in order.

Kafka cannot compare and set, so the log decides. A commit is **admitted** iff, at its place in the log,

- its id was not admitted before in its workspace, and
- every one of its events has exactly the next version of its originator (a new one begins at 0 or at 1), and
- what it tracks, if it does, lies beyond what was tracked for that application.

What is not admitted is void: it changes nothing, for every reader, forever. A writer appends, follows the log
up to its own record and so learns the same verdict as everybody else.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from events.ledger.commit import Commit, Tracked

FIRST_VERSIONS = (0, 1)
"""Where a new originator may begin: the library's aggregates at 1, some of its recorder cases at 0."""


class AdmissionState(Protocol):
    """What the rule must know of the log so far."""

    def last_version(self, originator_id: UUID, /) -> int | None:
        """The originator's last admitted version; None if it has none."""
        ...

    def admitted_digest(self, workspace: str, commit_id: str, /) -> bytes | None:
        """The digest of the commit that was admitted under this id; None if there was none."""
        ...

    def last_tracked(self, application: str, /) -> int | None:
        """The highest notification id that was tracked for the application; None if there is none."""
        ...


class Reason(enum.StrEnum):
    """Why a commit is void."""

    DUPLICATE = "duplicate"
    """The same commit was admitted before: its writer has what it wanted."""
    ID_REUSED = "id-reused"
    """Another commit was admitted under this id: an error of whoever chose the id."""
    CONFLICT = "conflict"
    """A version is not the next one, or what is tracked is not beyond the last: somebody else was first."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """The commit counts. The changes to make: these last versions, the digest under its id, and what it tracked."""

    last_versions: Mapping[UUID, int]
    digest: bytes
    tracked: Tracked | None


@dataclass(frozen=True, slots=True)
class Void:
    """The commit changes nothing; `detail` says why in one line."""

    reason: Reason
    detail: str


def decide(state: AdmissionState, commit: Commit) -> Admitted | Void:
    """Judge the commit at this point of the log. Reads the state, changes nothing."""
    digest = commit.digest
    earlier = state.admitted_digest(commit.source, commit.id)
    if earlier is not None:
        return _judge_repetition(commit, same=earlier == digest)
    last_versions: dict[UUID, int] = {}
    for event in commit.data.events:
        originator, version = event.originator_id, event.originator_version
        last = last_versions.get(originator)
        if last is None:
            last = state.last_version(originator)
        if not _is_next(last, version):
            return Void(Reason.CONFLICT, _conflict(originator, version, last))
        last_versions[originator] = version
    tracked = commit.tracking
    if tracked is not None:
        reached = state.last_tracked(tracked.application)
        if reached is not None and tracked.notification_id <= reached:
            return Void(Reason.CONFLICT, f"{tracked.application!r} was tracked up to {reached} already")
    return Admitted(last_versions, digest, tracked)


def _is_next(last: int | None, version: int) -> bool:
    return version in FIRST_VERSIONS if last is None else version == last + 1


def _judge_repetition(commit: Commit, *, same: bool) -> Void:
    if same:
        return Void(Reason.DUPLICATE, f"commit {commit.id!r} was admitted before")
    return Void(Reason.ID_REUSED, f"commit id {commit.id!r} was admitted before with other contents")


def _conflict(originator: UUID, version: int, last: int | None) -> str:
    stands = "it has no events yet" if last is None else f"it stands at {last}"
    return f"version {version} of {originator} is not the next one: {stands}"
