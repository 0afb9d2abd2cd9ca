"""Weights of votes from any time that a vote may have."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.position import Partition
from events.times import EARLIEST, LATEST
from projections.votes import VotesProjection, trend
from services.projector.memory import MemoryDeadLetters, MemoryStores, MemoryView
from services.projector.runner import Runner
from tests.support.ballots import TOPIC, MemoryLog, Vote

times = st.one_of(st.integers(EARLIEST, LATEST - 1), st.integers(trend.EPOCH - 2, trend.EPOCH + 2))


@given(st.lists(times))
def test_weights_as_columns_are_those_of_each_to_the_last_bit(moments):
    half_lives, mantissas = trend.weights(moments)
    told = [mantissa << doubled for doubled, mantissa in zip(half_lives, mantissas, strict=True)]
    assert told == [trend.weight(moment) for moment in moments]


@pytest.mark.parametrize("time", [EARLIEST, trend.EPOCH - 1, trend.EPOCH, LATEST - 1])
def test_a_vote_of_any_time_is_folded(time):
    log = MemoryLog(partitions=1).append([Vote("dark-mode", "ann", 1, time, "a")])
    view = MemoryView()
    runner = Runner(VotesProjection(), view, MemoryStores(), MemoryDeadLetters(), "epoch", partition_count=lambda _: 1)
    runner.open(Partition(TOPIC, 0))
    for batch in log.batches():
        runner.feed(batch)
    runner.flush()
    (month,) = view.rows("tally_periods")
    assert month[4] == 1
    assert math.isfinite(month[7])
    assert month[7] > 0
