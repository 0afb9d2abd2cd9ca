"""The admission rule against a model that keeps whole histories."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from events.ledger.admission import Admitted, Reason, Void, decide
from events.ledger.commit import Commit, CommitData, LedgerEvent, Tracked

ORIGINATORS = [UUID(int=n) for n in range(1, 4)]


class State:
    """The least that can hold what the rule reads."""

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

    def apply(self, commit: Commit) -> Admitted | Void:
        verdict = decide(self, commit)
        if isinstance(verdict, Admitted):
            self.versions.update(verdict.last_versions)
            self.digests[commit.source, commit.id] = verdict.digest
            if verdict.tracked is not None:
                self.tracked[verdict.tracked.application] = verdict.tracked.notification_id
        return verdict


def commit(commit_id: str, *events: tuple[UUID, int], workspace: str = "acme", state: bytes = b"1") -> Commit:
    made = tuple(LedgerEvent.of(originator, version, "t", state) for originator, version in events)
    return Commit(id=commit_id, source=workspace, time="2026-01-01T00:00:00.000Z", data=CommitData(events=made))


def reason(verdict: Admitted | Void) -> Reason | None:
    return verdict.reason if isinstance(verdict, Void) else None


def test_a_new_originator_begins_at_0_or_1() -> None:
    a, b, c = ORIGINATORS
    state = State()
    assert reason(state.apply(commit("1", (a, 0)))) is None
    assert reason(state.apply(commit("2", (b, 1)))) is None
    assert reason(state.apply(commit("3", (c, 2)))) is Reason.CONFLICT
    assert reason(state.apply(commit("4", (a, 1)))) is None
    assert reason(state.apply(commit("5", (b, 0)))) is Reason.CONFLICT


def test_all_or_nothing() -> None:
    a, b, _ = ORIGINATORS
    state = State()
    assert reason(state.apply(commit("1", (a, 1), (a, 2), (b, 5)))) is Reason.CONFLICT
    assert state.versions == {}
    assert reason(state.apply(commit("2", (a, 1), (b, 1), (a, 2)))) is None
    assert state.versions == {a: 2, b: 1}
    assert reason(state.apply(commit("3", (a, 3), (a, 3)))) is Reason.CONFLICT


def test_the_same_commit_again_is_void_and_so_is_another_under_its_id() -> None:
    a, b, _ = ORIGINATORS
    state = State()
    state.apply(commit("1", (a, 1)))
    assert reason(state.apply(commit("1", (a, 1)))) is Reason.DUPLICATE
    assert reason(state.apply(commit("1", (b, 1)))) is Reason.ID_REUSED
    assert reason(state.apply(commit("1", (b, 1), workspace="other"))) is None


def tracking(commit_id: str, application: str, notification_id: int) -> Commit:
    data = CommitData(events=(), tracking=Tracked(application=application, notification_id=notification_id))
    return Commit(id=commit_id, source="acme", time="2026-01-01T00:00:00.000Z", data=data)


def test_what_is_tracked_only_goes_forward() -> None:
    state = State()
    assert reason(state.apply(tracking("1", "upstream", 7))) is None
    assert reason(state.apply(tracking("2", "upstream", 7))) is Reason.CONFLICT
    assert reason(state.apply(tracking("3", "upstream", 6))) is Reason.CONFLICT
    assert reason(state.apply(tracking("4", "other", 1))) is None
    assert reason(state.apply(tracking("5", "upstream", 9))) is None


def test_a_void_commit_leaves_its_id_free() -> None:
    a, *_ = ORIGINATORS
    state = State()
    assert reason(state.apply(commit("1", (a, 7)))) is Reason.CONFLICT
    assert reason(state.apply(commit("1", (a, 1)))) is None


commits = st.lists(
    st.builds(
        lambda number, events, state: commit(f"c{number}", *events, state=state),
        st.integers(0, 12),
        st.lists(st.tuples(st.sampled_from(ORIGINATORS), st.integers(0, 5)), min_size=1, max_size=3),
        st.sampled_from([b"1", b"2"]),
    ),
    max_size=40,
)


@given(commits)
def test_it_agrees_with_a_model_of_whole_histories(log: list[Commit]) -> None:
    state = State()
    history: list[Commit] = []
    for candidate in log:
        versions = {o: [e.originator_version for c in history for e in c.events if e.originator_id == o]
                    for o in ORIGINATORS}  # fmt: skip
        for event in candidate.events:
            versions[event.originator_id].append(event.originator_version)
        gapless = all(not v or (v[0] in (0, 1) and v == list(range(v[0], v[0] + len(v)))) for v in versions.values())
        fresh = all(c.id != candidate.id for c in history)
        admitted = isinstance(state.apply(candidate), Admitted)
        assert admitted == (gapless and fresh)
        if admitted:
            history.append(candidate)
