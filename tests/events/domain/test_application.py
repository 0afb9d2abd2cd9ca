"""Commands on a real ledger: retries, races, expectations, and several processes on one log."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from events.domain.aggregates import Aggregate
from events.domain.application import Feedback
from events.domain.commands import ClosePost, ImportPost, PutBoard, PutPost
from events.domain.execution import Saved, Terms, plan_command
from events.domain.importing import Imported, import_posts
from events.domain.originators import Recorded, originator_of
from events.domain.post import Post
from events.domain.refusals import Invalid, NotFound, RequestReused, VersionMismatch
from events.domain.vocabulary import BoardCreated, PostEdited

OpenFeedback = Callable[[], Feedback]
W = "acme"


def put(post: str = "p", title: str = "Title", **fields: str) -> PutPost:
    return PutPost(workspace=W, post=post, board="ideas", title=title, **fields)


@pytest.fixture
def with_board(feedback: Feedback) -> Feedback:
    feedback.execute(PutBoard(workspace=W, board="ideas", name="Ideas"))
    return feedback


def test_put_creates_and_then_edits(with_board: Feedback) -> None:
    first = with_board.execute(put(at="2020-01-01T00:00:00.000Z"), actor="key:k")
    second = with_board.execute(put(title="Better"))
    unchanged = with_board.execute(put(title="Better"))
    assert (first.created, first.aggregate.version, first.aggregate.at) == (True, 1, "2020-01-01T00:00:00.000Z")
    assert (second.created, second.aggregate.version, second.aggregate.title) == (False, 2, "Better")
    assert (unchanged.created, unchanged.aggregate) == (False, second.aggregate)
    assert first.position < second.position == unchanged.position


def test_a_retry_under_its_commit_id_answers_what_it_answered(
    with_board: Feedback, open_feedback: OpenFeedback
) -> None:
    first = with_board.execute(put(), commit_id="key-1")
    with_board.execute(put(title="Edited since"))
    assert with_board.execute(put(), commit_id="key-1") == first
    assert open_feedback().execute(put(), commit_id="key-1") == first
    with pytest.raises(RequestReused):
        with_board.execute(put(title="Another request"), commit_id="key-1")
    other = PutBoard(workspace="other", board="b", name="B")
    assert with_board.execute(other, commit_id="key-1").created, "ids of one workspace are none of another's"


def test_an_expected_version_is_the_only_one_touched(with_board: Feedback, open_feedback: OpenFeedback) -> None:
    elsewhere = open_feedback()
    with pytest.raises(VersionMismatch):
        with_board.execute(put(), expected_version=1)
    with_board.execute(put())
    assert elsewhere.execute(put(title="Two"), expected_version=1).aggregate.version == 2
    with pytest.raises(VersionMismatch) as refused:
        with_board.execute(put(title="Three"), expected_version=1)
    assert refused.value.actual == 2
    assert with_board.execute(put(title="Three"), expected_version=2).aggregate.version == 3


def test_a_process_catches_up_before_it_says_that_something_is_not_there(
    with_board: Feedback, open_feedback: OpenFeedback
) -> None:
    elsewhere = open_feedback()
    with_board.execute(put())
    assert elsewhere.execute(ClosePost(workspace=W, post="p")).aggregate.version == 2
    with pytest.raises(NotFound):
        elsewhere.execute(ClosePost(workspace=W, post="nope"))
    with pytest.raises(NotFound):
        elsewhere.execute(ClosePost(workspace="another", post="p"))


def test_bad_workspaces_commit_ids_and_times_are_refused(with_board: Feedback) -> None:
    with pytest.raises(Invalid, match="workspace"):
        with_board.execute(PutBoard(workspace="a/b", board="b", name="B"))
    for commit_id in ("", "a b", "é", "x" * 129):
        with pytest.raises(Invalid, match="commit_id"):
            with_board.execute(put(), commit_id=commit_id)
    for at in ("yesterday", "2020-01-01", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00.000+01:00"):
        with pytest.raises(Invalid, match="at"):
            with_board.execute(put(at=at))


def test_processes_that_race_all_get_through(with_board: Feedback, open_feedback: OpenFeedback) -> None:
    """Four processes, eight threads, one post: each edit counts, and every process has the same history."""
    processes = [with_board, open_feedback(), open_feedback(), open_feedback()]
    with_board.execute(put())
    with ThreadPoolExecutor(8) as pool:
        saves = [pool.submit(processes[n % 4].execute, put(title=f"Title {n}")) for n in range(48)]
        versions = [save.result().aggregate.version for save in saves]
    assert sorted(versions) == list(range(2, 50))
    for process in processes:
        process.ledger.catch_up(10).result()
        post = process.load(originator_of(W, "post", "p"))
        assert isinstance(post, Post)
        assert post.version == 49
        assert post == processes[0].load(originator_of(W, "post", "p"))
    notifications = [process.recorder.select_notifications(1, 100) for process in processes]
    assert all(each == notifications[0] for each in notifications)


async def test_asyncio_callers_share_one_loop(with_board: Feedback) -> None:
    different = await asyncio.gather(*(with_board.execute_async(put(post=f"p{n}")) for n in range(50)))
    same = await asyncio.gather(*(with_board.execute_async(put(title=f"Title {n}")) for n in range(20)))
    retried = await asyncio.gather(*(with_board.execute_async(put(post="q"), commit_id="one") for _ in range(10)))
    assert all(saved.created for saved in different)
    assert sorted(saved.aggregate.version for saved in same) == list(range(1, 21))
    assert all(saved == retried[0] for saved in retried)


async def test_two_processes_retrying_one_request_at_once_do_it_once(
    with_board: Feedback, open_feedback: OpenFeedback
) -> None:
    elsewhere = open_feedback()
    for round in range(10):
        command, commit_id = put(post=f"p{round}"), f"round-{round}"
        here, there = await asyncio.gather(
            with_board.execute_async(command, commit_id=commit_id),
            elsewhere.execute_async(command, commit_id=commit_id),
        )
        assert here == there
        assert here.created


class Overtaken:
    """A host on which something happens between a command's first look at the ledger and its decision."""

    def __init__(self, feedback: Feedback, meanwhile: Callable[[], object]) -> None:
        self.ledger = feedback.ledger
        self.recorded = feedback.recorded
        self._feedback = feedback
        self._meanwhile: list[Callable[[], object]] = [meanwhile]

    def load(self, id: UUID, version: int | None = None) -> Aggregate | None:
        while self._meanwhile:
            self._meanwhile.pop()()
        return self._feedback.load(id, version)


@pytest.mark.parametrize("expected_version", [None, 1])
def test_a_request_that_is_carried_out_elsewhere_while_it_is_decided_here_answers_the_same(
    with_board: Feedback, expected_version: int | None
) -> None:
    """Its own work is what it then meets: nothing is left to change, or the version is not the expected one."""
    if expected_version is not None:
        with_board.execute(put(title="Before"))
    answers: list[Saved[Post]] = []

    def elsewhere() -> None:
        answers.append(with_board.execute(put(), commit_id="one", expected_version=expected_version))

    answer = plan_command(Overtaken(with_board, elsewhere), put(), Terms(None, "one", expected_version))
    assert answer == answers[0]


def test_a_request_whose_id_is_taken_while_it_is_decided_is_refused(with_board: Feedback) -> None:
    def elsewhere() -> None:
        with_board.execute(put(), commit_id="taken")
        with_board.execute(put(title="Same"))

    with pytest.raises(RequestReused):
        plan_command(Overtaken(with_board, elsewhere), put(title="Same"), Terms(None, "taken", None))


def test_an_import_is_a_few_commits_and_its_repetition_none(with_board: Feedback, open_feedback: OpenFeedback) -> None:
    posts = [
        ImportPost(workspace=W, post=f"p{n}", board="ideas", title=f"Post {n}", body="words " * 100,
                   closed="old" if n % 10 == 0 else None)
        for n in range(1200)
    ]  # fmt: skip
    posts.append(ImportPost(workspace=W, post="p0", board="ideas", title="Post 0 again"))
    progress: list[Imported] = []
    before = with_board.ledger.index.next_offset
    done = import_posts(with_board, W, posts, actor="import", on_progress=progress.append)
    assert (done.created, done.changed, done.unchanged) == (1200, 1, 0)
    assert progress[-1] == done
    assert 3 <= done.position.offset - before < 20
    again = import_posts(open_feedback(), W, posts[:-1])
    assert (again.created, again.changed, again.unchanged) == (0, 1, 1199)  # p0 says again what it first said


def test_the_library_itself_saves_and_tells_of_our_events(with_board: Feedback) -> None:
    board = originator_of(W, "board", "by-hand")
    created = BoardCreated(board="by-hand", name="By hand", at="2020-01-01T00:00:00.000Z")
    recordings = with_board.save(Recorded(board, 1, created), workspace=W, commit_id="by-hand")
    assert [recording.notification.id for recording in recordings] == [2]
    topics = [notification.topic for notification in with_board.notification_log.select(1, 10)]
    assert topics == ["groundswell.board.created.v1", "groundswell.board.created.v1"]
    assert with_board.execute(PutBoard(workspace=W, board="by-hand", name="Renamed")).aggregate.version == 2


def test_a_history_that_makes_no_sense_is_not_projected(with_board: Feedback) -> None:
    originator = originator_of(W, "board", "odd")
    event = PostEdited(post="p", title="x", at="2020-01-01T00:00:00.000Z")
    with_board.save(Recorded(originator, 1, event), workspace=W)
    with pytest.raises(ValueError, match="first event"):
        with_board.load(originator)
