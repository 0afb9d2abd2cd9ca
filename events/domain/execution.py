"""How a command is carried out: what to commit, what to answer, and when to try again."""

import hashlib
import random
import time
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, Protocol, cast
from uuid import UUID

import msgspec

from events.domain.aggregates import A, Aggregate, Change
from events.domain.bounds import check_event_id, check_id, check_time
from events.domain.commands import Command
from events.domain.mapper import to_stored
from events.domain.originators import Recorded, originator_of
from events.domain.refusals import NotFound, Refusal, RequestReused, TooMuchContention, VersionMismatch
from events.ledger.commit import Commit, request_digest
from events.ledger.errors import CommitIdReused, VersionConflict
from events.ledger.index import Receipt
from events.ledger.ledger import Ledger
from events.ledger.recorders import make_commit
from events.position import Position
from events.times import format_time

_TRY_SECONDS = 10.0


class Terms(NamedTuple):
    """Who asks, under which id a retry would come, and at which version the aggregate must be."""

    actor: str | None
    commit_id: str | None
    expected_version: int | None


@dataclass(frozen=True, slots=True)
class Saved(Generic[A]):
    """The aggregate as the command left it, whether it was created, and where on the ledger that stands.

    Where nothing had to change, the position is that of the last record known here.
    """

    aggregate: A
    created: bool
    position: Position


@dataclass(frozen=True, slots=True)
class Plan(Generic[A]):
    """A commit to append, and what will have come of it."""

    commit: Commit
    change: Change[A]
    host: "Host"

    def saved(self, receipt: Receipt) -> Saved[A]:
        """The answer, once the log admitted the commit."""
        if receipt.repeated:  # the same request came twice at once; the other one was first
            return _replayed(self.host, self.change.aggregate.id, receipt)
        return Saved(self.change.aggregate, self.change.created, receipt.position)


class Behind(Exception):  # noqa: N818
    """A refusal that may only mean that this process has not seen the end of the log."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


class Host(Protocol):
    """What commands are carried out on."""

    @property
    def ledger(self) -> Ledger:
        """Where commits go."""
        ...

    def load(self, id: UUID, version: int | None = None) -> Aggregate | None:
        """An aggregate as it stands, or stood at a version."""
        ...

    def recorded(self, receipt: Receipt) -> list[Recorded]:
        """The events of an admitted commit."""
        ...


class Attempts:
    """One command's tries: when to go on, and when to say that it can't be done."""

    def __init__(self) -> None:
        self._deadline = time.monotonic() + _TRY_SECONDS
        self._delay = 0.002
        self._caught_up = False

    def behind(self, behind: Behind) -> None:
        """Go on once after catching up with the log; the second time the refusal stands."""
        if self._caught_up:
            raise behind.refusal from None
        self._caught_up = True

    def lost(self, error: VersionConflict | CommitIdReused) -> float:
        """Another writer was first: for how many seconds to stay away. The next try sees what it wrote."""
        if time.monotonic() > self._deadline:
            raise TooMuchContention(f"others kept being first: {error}") from error
        delay = self._delay * random.uniform(0.5, 1.5)  # noqa: S311 - jitter
        self._delay = min(0.5, self._delay * 2)
        return delay

    def pause(self, error: VersionConflict | CommitIdReused) -> None:
        """The same, staying away in this thread."""
        time.sleep(self.lost(error))


def plan_command(host: Host, command: Command[A], terms: Terms) -> Plan[A] | Saved[A]:
    """What to commit; or the answer, where nothing needs to be.

    Raises:
        Behind: where the index may be too old to say.
        Refusal: if it can't be done.
    """
    check_id("workspace", command.workspace)
    if command.at is not None:
        check_time("at", command.at)
    request = None
    if terms.commit_id is not None:
        check_event_id("commit_id", terms.commit_id)
        request = hashlib.sha256(msgspec.json.encode(command)).hexdigest()
        if (answered := _answered(host, command, terms.commit_id, request)) is not None:
            return answered
    try:
        change = _decide(host, command, terms.expected_version)
    except (Behind, Refusal):
        if (answered := _overtaken(host, command, terms.commit_id, request)) is not None:
            return answered
        raise
    if not change.events:
        answered = _overtaken(host, command, terms.commit_id, request)
        return Saved(change.aggregate, False, known_end(host.ledger)) if answered is None else answered
    commit = make_commit(
        [to_stored(event) for event in change.events],
        workspace=command.workspace,
        commit_id=terms.commit_id,
        actor=terms.actor,
        request=request,
    )
    return Plan(commit, change, host)


def _answered(host: Host, command: Command[A], commit_id: str, request: str) -> Saved[A] | None:
    """What this request was answered before, if the index knows of it."""
    found = host.ledger.index.find_commit(command.workspace, commit_id)
    if found is None:
        return None
    if found[0] != request_digest(request):
        raise RequestReused(f"another request was made under the id {commit_id!r}")
    return _replayed(host, command.subject, found[1])


def _overtaken(host: Host, command: Command[A], commit_id: str | None, request: str | None) -> Saved[A] | None:
    """The answer to the same request, if another process carried it out since the first look for it.

    The follower may admit it between that look and the decision, which then meets its own work: nothing is left to do,
    or it is refused. An event and its commit come into the index at once, so a second look is enough.
    """
    if commit_id is None or request is None:
        return None
    return _answered(host, command, commit_id, request)


def _decide(host: Host, command: Command[A], expected: int | None) -> Change[A]:
    if expected is not None:
        present = host.load(command.subject)
        actual = None if present is None else present.version
        if actual != expected:
            raise Behind(VersionMismatch(expected, actual))
    try:
        change = command.change(InWorkspace(host, command.workspace), command.at or now())
    except NotFound as refusal:
        raise Behind(refusal) from refusal
    before = change.aggregate.version - len(change.own)
    if expected is not None and before != expected:
        raise VersionMismatch(expected, before)  # it moved on between the two looks
    return change


def _replayed(host: Host, subject: UUID, receipt: Receipt) -> Saved[Any]:
    """What the command answered when it was carried out."""
    own = [recorded for recorded in host.recorded(receipt) if recorded.originator_id == subject]
    aggregate = host.load(subject, own[-1].originator_version)
    return Saved(aggregate, own[0].originator_version == 1, receipt.position)


def known_end(ledger: Ledger) -> Position:
    """The position of the last record that this process has followed."""
    return Position(ledger.topics.ledger, 0, ledger.index.next_offset - 1)


def now() -> str:
    """This moment, as events have it."""
    return format_time(time.time_ns() // 1_000_000)


class InWorkspace:
    """One workspace's aggregates as they stand: what commands look at."""

    def __init__(self, host: Host, workspace: str) -> None:
        self._host = host
        self._workspace = workspace

    def find(self, kind: type[A], id: str, /) -> A | None:
        """One of them by its kind and id."""
        return cast("A | None", self._host.load(originator_of(self._workspace, kind.KIND, id)))
