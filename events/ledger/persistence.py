"""The persistence module for the `eventsourcing` library: `PERSISTENCE_MODULE=events.ledger.persistence`.

Everything is configured by the library's environment: the names of `KafkaSettings` and `LedgerSettings`, which may
be prefixed with the application's name as any variable of the library may. The ledger is opened when the first
recorder is asked for, and shared by all recorders of the factory.
"""

import threading
from typing import TypeVar

from eventsourcing import sqlite
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    ProcessRecorder,
)
from eventsourcing.utils import Environment, EnvType, resolve_topic
from pydantic_settings import BaseSettings

from events.ledger.ledger import Ledger
from events.ledger.pool import draining_datastore
from events.ledger.recorders import (
    LedgerAggregateRecorder,
    LedgerApplicationRecorder,
    LedgerProcessRecorder,
)
from events.ledger.settings import LedgerSettings
from events.ledger.temporary import TemporaryFolder
from events.settings import KafkaSettings

_Class = TypeVar("_Class")
_Settings = TypeVar("_Settings", bound=BaseSettings)


class LedgerFactory(InfrastructureFactory[sqlite.SQLiteTrackingRecorder]):
    """Makes recorders over one ledger. Close it to leave the ledger."""

    def __init__(
        self,
        env: Environment | EnvType | None,
        *,
        kafka: KafkaSettings | None = None,
        ledger: LedgerSettings | None = None,
    ) -> None:
        """Settings that are not given are read from the environment."""
        super().__init__(env)
        self._kafka_settings = kafka or self._settings(KafkaSettings)
        self._ledger_settings = ledger or self._settings(LedgerSettings)
        self._ledger: Ledger | None = None
        self._local: sqlite.SQLiteDatastore | None = None
        self._temporary: TemporaryFolder | None = None
        self._lock = threading.RLock()

    @property
    def ledger(self) -> Ledger:
        """The ledger, opened and followed up to its end at the first call."""
        with self._lock:
            if self._ledger is None:
                ledger = Ledger(self._kafka_settings, self._ledger_settings)
                ledger.start()
                self._ledger = ledger
            return self._ledger

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """For events a recorder over the ledger; for snapshots a local file, since they can be taken again."""
        if purpose == "events":
            return LedgerAggregateRecorder(self.ledger)
        epoch = self.ledger.topics.epoch.replace("-", "")
        recorder = sqlite.SQLiteAggregateRecorder(self._local_datastore(), f"stored_{purpose}_{epoch}")
        recorder.create_table()
        return recorder

    def application_recorder(self) -> ApplicationRecorder:
        """The recorder of an application."""
        return self._chosen(self.APPLICATION_RECORDER_TOPIC, LedgerApplicationRecorder)(self.ledger)

    def process_recorder(self) -> ProcessRecorder:
        """The recorder of a process application."""
        return self._chosen(self.PROCESS_RECORDER_TOPIC, LedgerProcessRecorder)(self.ledger)

    def tracking_recorder(
        self, tracking_recorder_class: type[sqlite.SQLiteTrackingRecorder] | None = None
    ) -> sqlite.SQLiteTrackingRecorder:
        """A recorder that tracks beside a local view: local as the view is."""
        chosen = tracking_recorder_class or self._chosen(self.TRACKING_RECORDER_TOPIC, sqlite.SQLiteTrackingRecorder)
        recorder = chosen(datastore=self._local_datastore())
        recorder.create_table()
        return recorder

    def close(self) -> None:
        """Leave the ledger."""
        with self._lock:
            if self._ledger is not None:
                self._ledger.close()
            if self._local is not None:
                self._local.close()
            if self._temporary is not None:
                self._temporary.remove()

    def _chosen(self, variable: str, default: type[_Class]) -> type[_Class]:
        topic = self.env.get(variable)
        if not topic:
            return default
        chosen = resolve_topic(topic)
        if not (isinstance(chosen, type) and issubclass(chosen, default)):
            raise TypeError(f"{variable} must name a subclass of {default.__qualname__}; it names {topic}")
        return chosen

    def _local_datastore(self) -> sqlite.SQLiteDatastore:
        """What belongs to this process alone, beside the index: the index's own file has one writer."""
        with self._lock:
            if self._local is None:
                index = self._ledger_settings.index
                if index is None:
                    self._temporary = TemporaryFolder()
                    index = self._temporary.path / "index.sqlite"
                index.parent.mkdir(parents=True, exist_ok=True)
                self._local = draining_datastore(f"{index}.local")
            return self._local

    def _settings(self, kind: type[_Settings]) -> _Settings:
        names = [str(field.validation_alias) for field in kind.model_fields.values()]
        given = {name: value for name in names if (value := self.env.get(name))}
        return kind(**given)  # type: ignore[arg-type]  # pydantic validates the texts
