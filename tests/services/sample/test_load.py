"""Loading the sample onto the real Kafka."""

import uuid
from collections import Counter

import pytest

from events.domain.comments.comment import Comment
from events.domain.estimates.estimate import Estimate
from events.domain.originators import originator_of
from events.domain.roadmaps.roadmap import Roadmap
from events.settings import KafkaSettings
from services.importers.target import open_target
from services.sample.load import load_sample
from services.sample.roadmap import ROADMAP, roadmap_turns
from services.sample.sample import make_sample
from tests.support.ballots_on_log import ballots_on
from tests.support.kafka import KafkaProcess


class Interrupted(BaseException):
    """As a signal would."""


class InterruptedHalfway:
    def __init__(self) -> None:
        self.steps = 0

    def begin(self, what: str, total: int | None) -> None:
        pass

    def advance(self, steps: int) -> None:
        self.steps += steps
        if self.steps > 15_000:
            raise Interrupted


def test_interrupted_and_loaded_again_it_is_there_once(kafka: KafkaProcess) -> None:
    settings = KafkaSettings(
        KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap, GROUNDSWELL_TOPIC_PREFIX=f"sample-{uuid.uuid4().hex[:12]}"
    )
    with pytest.raises(Interrupted):
        load_sample(settings, "demo", InterruptedHalfway())
    counts = load_sample(settings, "demo")
    sample = make_sample()
    assert counts.votes == len(sample.votes)
    times = Counter(ballot.id for ballot in ballots_on(settings))
    assert set(times) == {vote.id for vote in sample.votes}
    assert set(times.values()) == {1, 2}, "the first half came twice"
    with open_target(settings, "demo") as target:
        shipped = {item.post.wish.post for item in sample.items if item.shipped is not None}
        shipped |= {turn.post for turn in roadmap_turns() if turn.status == "complete"}
        shipped |= {bug.post.wish.post for bug in sample.bugs if bug.mended is not None}
        for post in sample.posts:
            there = target.post(post.wish.post)
            assert there is not None
            assert there.title == post.wish.title
            assert (there.status == "complete") == (post.wish.post in shipped)
            if post.declined is not None:
                assert there.closed == post.declined
            assert there.duplicate_of == post.wish.duplicate_of
        for comment in sample.comments:
            said = target.feedback.load(originator_of("demo", Comment.KIND, comment.remark.comment))
            assert isinstance(said, Comment)
            assert (said.body, said.author, said.version) == (comment.remark.body, comment.author, 1)
        roadmap = target.feedback.load(originator_of("demo", Roadmap.KIND, ROADMAP))
        assert isinstance(roadmap, Roadmap)
        assert list(roadmap.ordered("shipped")) == [
            "connect-to-our-chat",
            "delete-a-person-s-data-on-request",
            "show-me-who-is-overbooked",
        ]
        for item in sample.items:
            estimate = target.feedback.load(originator_of("demo", Estimate.KIND, item.post.wish.post))
            assert (estimate is not None) == (item.low is not None)
