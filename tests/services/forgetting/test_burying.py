"""Which records of a partition are tombstones of somebody, and which of them make Kafka's file be closed."""

from events.people import NUDGE_KEY, PersonData, Subject
from services.forgetting.burying import stones_of, tombstones_of
from tests.support.people_log import PeopleLog, person

ANN = Subject("acme", "person", "ann")


def test_a_nudge_is_no_tombstone_so_one_does_not_lead_to_the_next():
    log = PeopleLog()
    log.learn(person("ann", 1000, PersonData(name="Ann")))
    log.forget(ANN)
    forgotten_at = log.now
    log.bury(ANN)
    buried_at = log.now
    log.nudge(0)
    log.learn(person("bob", 1000, PersonData(name="Bob")))
    [batch] = log.batches()
    assert batch.keys[3] == NUDGE_KEY
    assert [(subject, last.offset, last.at) for subject, last in tombstones_of(batch)] == [(ANN, 1, forgotten_at)]
    assert stones_of(batch) == [forgotten_at, buried_at]
