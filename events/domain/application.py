"""The application: carries out commands on the ledger, for threads and for asyncio.

Commands on one aggregate are carried out one after another in a process, and tried again on the fresh state when
another process was first, unless the caller named the version that it expects.
"""

import asyncio
import threading
from typing import Any, ClassVar, cast
from uuid import UUID

from eventsourcing.application import AggregateNotFoundError, Application, ProjectorFunction
from eventsourcing.persistence import InfrastructureFactory, Mapper
from eventsourcing.utils import Environment, EnvType

from events.domain.aggregates import A, Aggregate, project
from events.domain.commands import Command, CreateKey
from events.domain.execution import (
    Attempts,
    Behind,
    Plan,
    Saved,
    Terms,
    plan_command,
)
from events.domain.keys import ApiKey, Role, generate_key
from events.domain.mapper import VocabularyMapper, to_recorded
from events.domain.originators import Recorded
from events.domain.workspace import Workspace
from events.ledger.errors import CommitIdReused, VersionConflict
from events.ledger.index import Receipt
from events.ledger.ledger import Ledger
from events.ledger.persistence import LedgerFactory
from events.ledger.settings import LedgerSettings
from events.settings import KafkaSettings

_PROJECTOR = cast("ProjectorFunction[Any, Any]", project)  # its type variables know no unions
_LOCKS = 512
CATCH_UP_SECONDS = 5.0


class Feedback(Application[UUID]):
    """Workspaces with their keys, boards and posts. Close it when done.

    Configured by settings objects, or by the library's environment where they are not given.
    """

    env: ClassVar[dict[str, str]] = {
        "PERSISTENCE_MODULE": "events.ledger.persistence",
        "AGGREGATE_CACHE_MAXSIZE": "5000",
    }

    def __init__(
        self,
        kafka: KafkaSettings | None = None,
        ledger: LedgerSettings | None = None,
        env: EnvType | None = None,
    ) -> None:
        """Open the ledger and follow it to its present end; for what that raises see `Ledger.start`."""
        self._kafka_settings = kafka
        self._ledger_settings = ledger
        super().__init__(env)
        self._locks = [threading.Lock() for _ in range(_LOCKS)]
        self._async_locks: dict[UUID, asyncio.Lock] = {}

    @property
    def ledger(self) -> Ledger:
        """The ledger that it writes to."""
        factory = self.factory
        assert isinstance(factory, LedgerFactory)
        return factory.ledger

    def execute(
        self,
        command: Command[A],
        *,
        actor: str | None = None,
        commit_id: str | None = None,
        expected_version: int | None = None,
    ) -> Saved[A]:
        """Carry out a command and wait until the log admitted it.

        `commit_id` makes a retry harmless: the same command under the same id is carried out once, and answers what
        it answered. `expected_version` refuses to touch an aggregate at any other version.

        Raises:
            Refusal: `Invalid`, `NotFound`, `VersionMismatch`, `RequestReused` or `TooMuchContention`.
            OutcomeUnknown, LedgerUnavailable, LedgerStopped, CommitTooLarge: from the ledger.
        """
        terms = Terms(actor, commit_id, expected_version)
        attempts = Attempts()
        with self._locks[command.subject.int % _LOCKS]:
            while True:
                try:
                    plan = self._plan(command, terms)
                    if isinstance(plan, Saved):
                        return plan
                    return plan.saved(self.ledger.submit(plan.commit).result())
                except Behind as behind:
                    attempts.behind(behind)
                    self.ledger.catch_up(CATCH_UP_SECONDS).result()
                except (VersionConflict, CommitIdReused) as error:
                    attempts.pause(error)

    async def execute_async(
        self,
        command: Command[A],
        *,
        actor: str | None = None,
        commit_id: str | None = None,
        expected_version: int | None = None,
    ) -> Saved[A]:
        """The same for asyncio: no thread is held while the log decides. Use it from one event loop."""
        terms = Terms(actor, commit_id, expected_version)
        attempts = Attempts()
        async with self._alone(command.subject):
            while True:
                try:
                    plan = await asyncio.to_thread(self._plan, command, terms)
                    if isinstance(plan, Saved):
                        return plan
                    return plan.saved(await asyncio.wrap_future(self.ledger.submit(plan.commit)))
                except Behind as behind:
                    attempts.behind(behind)
                    await asyncio.wrap_future(self.ledger.catch_up(CATCH_UP_SECONDS))
                except (VersionConflict, CommitIdReused) as error:
                    await asyncio.sleep(attempts.lost(error))

    def create_key(
        self, workspace: str, role: Role, *, label: str = "", internal: bool = False, actor: str | None = None
    ) -> tuple[ApiKey, Saved[Workspace]]:
        """Make an API key; opens the workspace if it is new. The key's text is told here and never again."""
        key = generate_key()
        command = CreateKey(workspace=workspace, key=key.key, role=role, hash=key.hash, label=label, internal=internal)
        return key, self.execute(command, actor=actor)

    def load(self, id: UUID, version: int | None = None) -> Aggregate | None:
        """An aggregate as it stands in this process's index (or stood at a version); None if it is not there."""
        try:
            aggregate: Aggregate = self.repository.get(
                id, version=version, projector_func=_PROJECTOR, deepcopy_from_cache=False
            )
        except AggregateNotFoundError:
            return None
        if version is None and self.repository.cache is not None:
            self.repository.cache.put(id, aggregate)  # the library forwards what it cached, but keeps it as it was
        return aggregate

    def recorded(self, receipt: Receipt) -> list[Recorded]:
        """The events of an admitted commit."""
        ids = receipt.notification_ids
        if not ids:
            return []
        notifications = self.recorder.select_notifications(start=ids[0], limit=len(ids), stop=ids[-1])
        return [to_recorded(notification) for notification in notifications]

    def construct_mapper(self) -> Mapper[UUID]:
        """Events are stored under their stable names, as plain JSON."""
        return VocabularyMapper(self.factory.transcoder(), self.factory.compressor(), self.factory.cipher())

    def construct_factory(self, env: Environment) -> InfrastructureFactory:
        """The ledger's factory, with the settings that were given."""
        if self._kafka_settings is None and self._ledger_settings is None:
            return super().construct_factory(env)
        factory = LedgerFactory(env, kafka=self._kafka_settings, ledger=self._ledger_settings)
        return cast("InfrastructureFactory", factory)  # it only says more of its tracking recorders

    def _plan(self, command: Command[A], terms: Terms) -> Plan[A] | Saved[A]:
        return plan_command(self, command, terms)

    def _alone(self, subject: UUID) -> asyncio.Lock:
        if len(self._async_locks) > _LOCKS:
            self._async_locks = {id: lock for id, lock in self._async_locks.items() if lock.locked()}
        return self._async_locks.setdefault(subject, asyncio.Lock())
