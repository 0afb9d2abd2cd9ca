"""The index against the rule on plain dictionaries, however the log is cut into batches, and wherever it stops."""

import tempfile
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from events.ledger.admission import Admitted, Void, decide
from events.ledger.commit import Commit, CommitData, LedgerEvent, Tracked
from events.ledger.index import AdmittedCommit, LedgerIndex

ORIGINATORS = [UUID(int=n) for n in range(1, 4)]
events = st.builds(
    LedgerEvent.of,
    st.sampled_from(ORIGINATORS),
    st.integers(0, 4),
    st.just("t"),
    st.sampled_from([b"{}", b"\xff", b""]),
)
tracked = st.builds(Tracked, application=st.sampled_from(["up", "down"]), notification_id=st.integers(1, 5))
data = st.one_of(
    st.builds(CommitData, events=st.lists(events, min_size=1, max_size=3).map(tuple)),
    st.builds(CommitData, events=st.lists(events, max_size=1).map(tuple), tracking=tracked),
    st.builds(CommitData, events=st.lists(events, min_size=1, max_size=2).map(tuple), request=st.just("r")),
)
commits = st.builds(
    Commit, id=st.sampled_from("abcdefgh"), source=st.sampled_from(["w1", "w2"]), time=st.just(""), data=data
)


class Plain:
    def __init__(self) -> None:
        self.versions: dict[UUID, int] = {}
        self.digests: dict[tuple[str, str], bytes] = {}
        self.tracked: dict[str, int] = {}

    def last_version(self, originator_id: UUID, /) -> int | None:
        return self.versions.get(originator_id)

    def admitted_digest(self, workspace: str, commit_id: str, /) -> bytes | None:
        return self.digests.get((workspace, commit_id))

    def last_tracked(self, application: str, /) -> int | None:
        return self.tracked.get(application)

    def admitted(self, log: Sequence[Commit]) -> list[tuple[int, list[int], str, list[StoredEvent]]]:
        ids, told = count(1), []
        for offset, commit in enumerate(log):
            verdict = decide(self, commit)
            if isinstance(verdict, Admitted):
                self.versions.update(verdict.last_versions)
                self.digests[commit.source, commit.id] = verdict.digest
                if verdict.tracked is not None:
                    self.tracked[verdict.tracked.application] = verdict.tracked.notification_id
                stored = [
                    StoredEvent(each.originator_id, each.originator_version, each.type, each.state_bytes)
                    for each in commit.events
                ]
                told.append((offset, [next(ids) for _ in stored], commit.source, stored))
        return told


def follow(index: LedgerIndex, log: Sequence[Commit], cuts: Sequence[int]) -> None:
    for cut in [*sorted(cuts), len(log)]:
        start = index.next_offset
        if cut > start:
            with index.following_to(cut) as cursor:
                for offset in range(start, cut):
                    assert isinstance(index.admit(cursor, offset, log[offset]), AdmittedCommit | Void)


def plain(commits: Sequence[AdmittedCommit]) -> list[tuple[int, list[int], str, list[StoredEvent]]]:
    return [
        (each.receipt.position.offset, list(each.receipt.notification_ids), each.workspace, list(each.events))
        for each in commits
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(commits, max_size=25), st.lists(st.integers(0, 25), max_size=3), st.integers(0, 25))
def test_it_admits_what_the_rule_admits(log: list[Commit], cuts: list[int], stop: int) -> None:
    cuts, stop = [min(cut, len(log)) for cut in cuts], min(stop, len(log))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        index = LedgerIndex(path, epoch="e", topic="t")
        follow(index, log[:stop], [cut for cut in cuts if cut <= stop])
        index.close()
        index = LedgerIndex(path, epoch="e", topic="t")  # goes on where it was
        assert index.next_offset == stop
        follow(index, log, cuts)
        expected = Plain().admitted(log)
        assert plain(list(index.admitted_commits())) == expected
        index.close()


def test_a_batch_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    index = LedgerIndex(tmp_path / "index", epoch="e", topic="t")
    event = LedgerEvent.of(ORIGINATORS[0], 1, "t", b"{}")
    commit = Commit(id="a", source="w", time="", data=CommitData(events=(event,)))

    def fail_after_one() -> None:
        with index.following_to(2) as cursor:
            index.admit(cursor, 0, commit)
            raise RuntimeError("a power cut, say")

    with pytest.raises(RuntimeError):
        fail_after_one()
    assert index.next_offset == 0
    assert list(index.admitted_commits()) == []
    assert index.find_commit("w", "a") is None
    follow(index, [commit], [])
    assert [list(each.receipt.notification_ids) for each in index.admitted_commits()] == [[1]]
    index.close()
