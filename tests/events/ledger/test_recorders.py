"""The library's own cases for recorders, unmodified, against a ledger on real Kafka."""

import uuid
from unittest import TestCase

import pytest
from eventsourcing.persistence import AggregateRecorder, IntegrityError, StoredEvent, TrackingRecorder
from eventsourcing.sqlite import SQLiteTrackingRecorder
from eventsourcing.tests import persistence as shared
from eventsourcing.utils import Environment

from events.ledger.persistence import LedgerFactory
from events.ledger.recorders import (
    LedgerAggregateRecorder,
    LedgerApplicationRecorder,
    LedgerProcessRecorder,
)
from events.settings import KafkaSettings


class OnKafka(TestCase):
    """A factory over topics of its own for each test."""

    env: Environment

    @pytest.fixture(autouse=True)
    def _topics(self, ledger_kafka: KafkaSettings) -> None:
        self.env = Environment(
            env={
                "PERSISTENCE_MODULE": "events.ledger.persistence",
                "KAFKA_BOOTSTRAP_SERVERS": ledger_kafka.bootstrap_servers,
                "GROUNDSWELL_TOPIC_PREFIX": ledger_kafka.topic_prefix,
            }
        )

    def make_factory(self) -> LedgerFactory:
        factory = LedgerFactory(self.env)
        self.addCleanup(factory.close)
        return factory


class TestAggregateRecorder(OnKafka, shared.AggregateRecorderTestCase):
    def create_recorder(self) -> AggregateRecorder:
        return self.make_factory().aggregate_recorder()


class TestSnapshotRecorder(OnKafka, shared.AggregateRecorderTestCase):
    def create_recorder(self) -> AggregateRecorder:
        return self.make_factory().aggregate_recorder(purpose="snapshots")


class TestApplicationRecorder(OnKafka, shared.ApplicationRecorderTestCase[LedgerApplicationRecorder]):
    def create_recorder(self) -> LedgerApplicationRecorder:
        recorder = self.make_factory().application_recorder()
        assert isinstance(recorder, LedgerApplicationRecorder)
        return recorder

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestProcessRecorder(OnKafka, shared.ProcessRecorderTestCase):
    def create_recorder(self) -> LedgerProcessRecorder:
        recorder = self.make_factory().process_recorder()
        assert isinstance(recorder, LedgerProcessRecorder)
        return recorder

    def test_what_is_tracked_is_decided_with_the_events(self) -> None:
        recorder = self.create_recorder()
        tracking = shared.Tracking("upstream", 3)
        originator = uuid.uuid4()
        recorder.insert_events([StoredEvent(originator, 1, "t", b"1")], tracking=tracking)
        with pytest.raises(IntegrityError):
            recorder.insert_events([StoredEvent(originator, 2, "t", b"1")], tracking=tracking)
        assert [event.originator_version for event in recorder.select_events(originator)] == [1]


class TestProcessRecorderTracks(OnKafka, shared.TrackingRecorderTestCase):
    def create_recorder(self) -> TrackingRecorder:
        return self.make_factory().process_recorder()


class TestTrackingRecorder(OnKafka, shared.TrackingRecorderTestCase):
    def create_recorder(self) -> TrackingRecorder:
        return self.make_factory().tracking_recorder()


class TestNotificationIdsDoNotInterleave(OnKafka, shared.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> LedgerApplicationRecorder:
        recorder = self.make_factory().application_recorder()
        assert isinstance(recorder, LedgerApplicationRecorder)
        return recorder


class OwnTrackingRecorder(SQLiteTrackingRecorder):
    """What a materialised view would define."""


class TestFactory(OnKafka, shared.InfrastructureFactoryTestCase[LedgerFactory]):
    def expected_factory_class(self) -> type[LedgerFactory]:
        return LedgerFactory

    def expected_aggregate_recorder_class(self) -> type[LedgerAggregateRecorder]:
        return LedgerAggregateRecorder

    def expected_application_recorder_class(self) -> type[LedgerApplicationRecorder]:
        return LedgerApplicationRecorder

    def expected_tracking_recorder_class(self) -> type[SQLiteTrackingRecorder]:
        return SQLiteTrackingRecorder

    def tracking_recorder_subclass(self) -> type[SQLiteTrackingRecorder]:
        return OwnTrackingRecorder

    def expected_process_recorder_class(self) -> type[LedgerProcessRecorder]:
        return LedgerProcessRecorder
