"""Publishing by the clock: a scheduled release is published once its time has come, at most a second late.

Which releases are scheduled follows from the ledger. The commit's id follows from the schedule and the release's
version, and the command is void where the release is no longer scheduled so; of two processes whose clocks strike at
once, one publishes. A release whose posts' gates are open is held: it is tried again whenever something is decided in
its workspace that may close them.
"""

import asyncio
import time
from typing import ClassVar, NamedTuple, cast

from events.domain.originators import originator_of
from events.domain.releases.commands import PublishDue
from events.domain.releases.events import (
    ReleaseEvent,
    ReleaseHeld,
    ReleasePublished,
    ReleaseScheduled,
    ReleaseUnscheduled,
)
from events.domain.releases.release import Release
from events.domain.vocabulary import decode_domain_event
from events.ids import derived_id
from events.ledger.index import AdmittedCommit
from events.times import Millis, parse_time
from services.sagas import metrics
from services.sagas.part import Surroundings
from services.sagas.patience import Patience

LOOK_SECONDS = 1.0
STUCK_SECONDS = 60.0

_CLOSING = tuple(f"groundswell.{subject}." for subject in ("gate", "checks", "post", "release"))
"""What is decided of these may close the gates that hold a release."""

_TYPES = frozenset(event.TYPE for event in (ReleaseScheduled, ReleaseUnscheduled, ReleasePublished))


class Schedule(NamedTuple):
    """When a release is to be published, and in which edition that was decided."""

    at: Millis
    edition: int


class PublishingClock:
    """A part that publishes what is scheduled."""

    name: ClassVar[str] = "publishing"

    def __init__(self, surroundings: Surroundings) -> None:
        self._feedback = surroundings.feedback
        self._patience = Patience(self.name)
        self._scheduled: dict[tuple[str, str], Schedule] = {}
        self._tried: dict[tuple[str, str], Schedule] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._failure: Exception | None = None

    def complaint(self) -> str | None:
        """See `Part`."""
        return self._patience.complaint(STUCK_SECONDS)

    async def run(self) -> None:
        """See `Part`."""
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._feedback.ledger.listen, self._hear)
        while self._failure is None:
            now = time.time_ns() // 1_000_000
            for key, schedule in [each for each in self._scheduled.items() if each[1].at <= now]:
                await self._patience.call(lambda key=key, due=schedule: self._publish(key, due))  # type: ignore[misc]  # bound now
            await asyncio.sleep(LOOK_SECONDS)
        raise self._failure

    async def _publish(self, key: tuple[str, str], due: Schedule) -> None:
        if self._scheduled.get(key) == due:
            # Before it is tried: what closes its gates meanwhile has it tried again.
            self._tried[key] = self._scheduled.pop(key)
        workspace, release = key
        known = self._feedback.load(originator_of(workspace, Release.KIND, release))
        assert isinstance(known, Release), "it was heard of"
        await self._feedback.execute_async(
            PublishDue(workspace=workspace, release=release, edition=due.edition),
            actor="schedule",
            commit_id=derived_id("publish", workspace, release, str(due.edition), str(known.version)),
        )
        metrics.ACTS.labels(self.name).inc()

    def _hear(self, commit: AdmittedCommit) -> None:
        """In the ledger's thread, which must not meet an exception."""
        assert self._loop is not None
        for stored in commit.events:
            if stored.topic in _TYPES:
                self._loop.call_soon_threadsafe(
                    self._note, commit.workspace, stored.topic, stored.state, stored.originator_version
                )
        if any(each.topic.startswith(_CLOSING) and each.topic != ReleaseHeld.TYPE for each in commit.events):
            self._loop.call_soon_threadsafe(self._try_again, commit.workspace)

    def _try_again(self, workspace: str) -> None:
        for key in [key for key in self._tried if key[0] == workspace]:
            self._scheduled[key] = self._tried.pop(key)

    def _note(self, workspace: str, type: str, state: bytes, version: int) -> None:
        try:
            event = cast("ReleaseEvent", decode_domain_event(type, state))
        except ValueError as error:
            self._failure = error
            return
        self._tried.pop((workspace, event.release), None)
        if isinstance(event, ReleaseScheduled):
            self._scheduled[workspace, event.release] = Schedule(parse_time(event.publish_at), version)
        else:
            self._scheduled.pop((workspace, event.release), None)
