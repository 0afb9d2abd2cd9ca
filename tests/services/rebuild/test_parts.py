"""Shares, standing, and what is not waited for: nothing runs here."""

from collections.abc import Sequence

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError
from hypothesis import given
from hypothesis import strategies as st

from events.position import Partition
from projections.fold import Row
from projections.table import Table
from projections.votes.tables import VOTES
from services.projector.memory import MemoryView
from services.projector.ports import ServiceAway
from services.rebuild.messages import Began, Came
from services.rebuild.refusing import ImpatientView, RebuildStopped, explained
from services.rebuild.shares import shares
from services.rebuild.standing import Standing


@given(st.dictionaries(st.builds(Partition, st.just("t"), st.integers(0, 40)), st.integers(0, 10**6), min_size=1),
       st.integers(1, 20))  # fmt: skip
def test_every_partition_is_folded_once_and_no_worker_has_much_more_than_another(
    left: dict[Partition, int], workers: int
) -> None:
    shared = shares(left, workers)
    assert sorted(partition for share in shared for partition in share) == sorted(left)
    assert len(shared) == min(workers, len(left))
    assert all(shared)
    loads = [sum(left[partition] for partition in share) for share in shared]
    assert max(loads) - min(loads) <= max(left.values())


def test_rate_and_time_left() -> None:
    now = 100.0
    standing = Standing(clock=lambda: now)
    here, there = Partition("t", 0), Partition("t", 1)
    standing.hear(Began(here, 1000, 5000))
    standing.hear(Began(there, 0, 0))
    now = 110.0
    standing.hear(Came(here, 3000, 7000))
    assert (standing.folded, standing.left, standing.total) == (2000, 4000, 7000)
    assert standing.rate() == 200.0
    assert standing.seconds_left(standing.partitions[here]) == 20.0
    assert standing.seconds_left(standing.partitions[there]) == 0.0


class FailingView(MemoryView):
    def __init__(self, code: int) -> None:
        super().__init__()
        self._code = code

    def insert(self, table: Table, rows: Sequence[Row], token: str) -> None:
        raise ServiceAway("ClickHouse: no") from DatabaseError("no", code=self._code)


def test_a_full_disk_of_clickhouse_is_not_waited_for() -> None:
    with pytest.raises(RebuildStopped, match="ClickHouse's disk is full: make room"):
        ImpatientView(FailingView(243)).insert(VOTES, [], "token")


def test_what_time_heals_is_waited_for() -> None:
    with pytest.raises(ServiceAway):
        ImpatientView(FailingView(209)).insert(VOTES, [], "token")


def test_a_full_disk_under_the_state_says_where() -> None:
    full = Exception("IO error: No space left on device: While appending to file: /x/000012.log")
    assert explained(full, "/data/state/0/votes/2") == "the disk is full under /data/state/0/votes/2: make room there"
    assert "defect" in explained(KeyError("x"), "/data")
