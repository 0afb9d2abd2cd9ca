"""Comments are what the admitted commits say; what was deleted says nothing in any table."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from events.domain.commands import Command
from events.domain.comments.answer import Answer
from events.domain.comments.commands import DeleteComment, EditComment, GiveAnswer, WithdrawAnswer
from events.domain.comments.comment import Comment
from events.domain.comments.events import AnswerGiven, AnswerWithdrawn, CommentDeleted, CommentEdited, CommentWritten
from events.domain.refusals import Refusal
from events.position import Partition
from events.times import format_time
from projections.comments import CommentsProjection
from projections.comments.queries import (
    CommentVersion,
    ShownComment,
    comment_query,
    comments_query,
    versions_query,
)
from projections.comments.tables import COMMENT_HISTORY, COMMENTS
from projections.fold import Cell
from projections.table import Table
from services.projector.memory import MemoryDeadLetters, MemoryStores, MemoryView
from services.projector.runner import Runner
from tests.support.comments import POSTS, House, write
from tests.support.ledger import LEDGER_TOPIC, MemoryLedger
from tests.support.views import Database

AT = 1_790_000_000_000
SECRET = "what nobody shall read again"


def written(comment: str, at: int = 0, *, thread: str = "", parent: str = "", **fields: object) -> CommentWritten:
    said = {"post": "p", "author": "ann", "body": f"Says {comment}"} | fields
    return CommentWritten(
        comment=comment, thread=thread or comment, parent=parent or None, at=format_time(AT + at), **said
    )


def a_discussion() -> MemoryLedger:
    """`a` with the replies `b` (edited, then deleted) and `c` (internal); `d`, which answers the post after `a`."""
    ledger = MemoryLedger()
    ledger.commit("comment", "a", 1, written("a", mentions=("ben", "cem")))
    ledger.commit("comment", "b", 1, written("b", 1, thread="a", parent="a", body=SECRET))
    ledger.commit("comment", "c", 1, written("c", 2, thread="a", parent="b", internal=True))
    ledger.commit("comment", "b", 2, CommentEdited(comment="b", post="p", body=SECRET + "!", at=format_time(AT + 3)))
    ledger.commit("comment", "d", 1, written("d", -5))
    ledger.commit("answer", "p", 1, AnswerGiven(post="p", comment="a", at=format_time(AT + 4)))
    ledger.commit("answer", "p", 2, AnswerGiven(post="p", comment="d", reason="newer", at=format_time(AT + 5)))
    ledger.commit("comment", "b", 3, CommentDeleted(comment="b", post="p", reason="spam", at=format_time(AT + 6)))
    ledger.commit("comment", "a", 2, CommentEdited(comment="a", post="p", body="Better", at=format_time(AT + 7)))
    return ledger


def fold(ledger: MemoryLedger, cuts: list[int] = ()) -> tuple[MemoryView, MemoryDeadLetters]:
    view, letters = MemoryView(), MemoryDeadLetters()
    runner = Runner(CommentsProjection(), view, MemoryStores(), letters, "epoch", partition_count=lambda _: 1)
    runner.open(Partition(LEDGER_TOPIC, 0))
    for start, end in zip([0, *cuts], [*cuts, len(ledger.values)], strict=True):
        runner.feed(MemoryLedger(ledger.began, ledger.values[:end]).batch(start))
        runner.flush()
    return view, letters


def shown(view: MemoryView, table: Table, *columns: str) -> list[tuple[Cell, ...]]:
    places = [list(table.columns).index(name) for name in columns]
    return sorted(tuple(row[place] for place in places) for row in view.rows(table.name))


def test_comments_say_what_their_last_commit_left() -> None:
    view, letters = fold(a_discussion())
    assert not letters.letters
    assert shown(view, COMMENTS, "comment", "thread", "parent", "body", "internal", "deleted", "answer") == [
        ("a", "a", "", "Better", 0, 0, 0),
        ("b", "a", "a", "", 0, 1, 0),
        ("c", "a", "b", "Says c", 1, 0, 0),
        ("d", "d", "", "Says d", 0, 0, 1),
    ]
    assert shown(view, COMMENTS, "comment", "thread_at", "created_at", "edited_at", "occurred_at", "revision")[:2] == [
        ("a", AT, AT, AT + 7, AT + 7, 2),
        ("b", AT, AT + 1, AT + 3, AT + 6, 3),
    ]


def test_what_was_deleted_stands_in_no_row_and_its_history_does() -> None:
    view, _ = fold(a_discussion())
    assert SECRET not in repr(view.tables)
    assert [row[:3] for row in view.rows("deleted_comments")] == [("acme", "b", "p")]
    history = shown(view, COMMENT_HISTORY, "comment", "revision", "change", "deleted", "reason", "occurred_at")
    assert [row for row in history if row[0] == "b"] == [
        ("b", 1, "written", 1, "", AT + 1),
        ("b", 2, "edited", 1, "", AT + 3),
        ("b", 3, "deleted", 1, "spam", AT + 6),
    ]


def test_a_deleted_comment_answers_nothing() -> None:
    ledger = a_discussion()
    ledger.commit("comment", "d", 2, CommentDeleted(comment="d", post="p", at=format_time(AT + 8)))
    assert not any(answer for (answer,) in shown(fold(ledger)[0], COMMENTS, "answer"))


def test_an_answer_can_be_withdrawn() -> None:
    ledger = a_discussion()
    ledger.commit("answer", "p", 3, AnswerWithdrawn(post="p", comment="d", at=format_time(AT + 8)))
    view, _ = fold(ledger)
    assert not any(answer for (answer,) in shown(view, COMMENTS, "answer"))
    assert [row[3:5] for row in sorted(view.rows("answer_history"))] == [("a", ""), ("d", "newer"), ("", "")]


def test_a_void_commit_shows_nowhere_and_what_cannot_follow_is_rejected() -> None:
    ledger = a_discussion()
    ledger.commit("comment", "a", 2, CommentEdited(comment="a", post="p", body="too late", at=format_time(AT)))
    ledger.commit("comment", "x", 1, written("x", thread="nowhere", parent="nowhere"))
    ledger.commit("comment", "y", 1, CommentEdited(comment="y", post="p", body="out of nothing", at=format_time(AT)))
    ledger.commit("answer", "q", 1, AnswerGiven(post="q", comment="z", at=format_time(AT)))
    view, letters = fold(ledger)
    assert shown(view, COMMENTS, "comment", "body") == shown(fold(a_discussion())[0], COMMENTS, "comment", "body")
    assert [letter.position.offset for letter in letters.letters.values()] == [10, 11, 12]


@given(st.lists(st.integers(0, 9), max_size=6).map(sorted))
def test_cutting_changes_no_row(cuts: list[int]) -> None:
    assert fold(a_discussion(), cuts)[0].tables == fold(a_discussion())[0].tables


TIMES = st.integers(0, 50).map(lambda at: AT + at)
COMMENT_IDS = st.sampled_from("abcd")
COMMANDS = st.one_of(
    st.builds(
        write,
        COMMENT_IDS,
        post=st.sampled_from(POSTS),
        parent=st.none() | COMMENT_IDS,
        body=st.sampled_from(["One @ben", "Two", SECRET]),
        internal=st.booleans(),
    ),
    st.builds(EditComment, workspace=st.just("acme"), comment=COMMENT_IDS, body=st.sampled_from(["Edited", SECRET])),
    st.builds(DeleteComment, workspace=st.just("acme"), comment=COMMENT_IDS),
    st.builds(GiveAnswer, workspace=st.just("acme"), post=st.sampled_from(POSTS), comment=COMMENT_IDS),
    st.builds(WithdrawAnswer, workspace=st.just("acme"), post=st.sampled_from(POSTS), comment=COMMENT_IDS),
)


@given(st.lists(st.tuples(COMMANDS, TIMES), max_size=30), st.lists(st.integers(0, 30), max_size=4))
def test_rows_say_what_the_aggregates_say(asked: list[tuple[Command[Any], int]], cuts: list[int]) -> None:
    """Whatever is asked for: of what is admitted the fold and the aggregates make the same."""
    house, ledger, at = House(), MemoryLedger(), {}
    for command, time in asked:
        try:
            change = house.do(command, format_time(time))
        except Refusal:
            continue
        if change.events:
            aggregate, first = change.aggregate, change.events[0].originator_version
            id = aggregate.comment if isinstance(aggregate, Comment) else aggregate.post
            ledger.commit(aggregate.KIND, id, first, *(each.event for each in change.events))
            at.setdefault((aggregate.KIND, id), time)
    view, letters = fold(ledger, sorted({cut % (len(ledger.values) + 1) for cut in cuts}))
    assert not letters.letters
    answers = {each.comment for each in house.there.values() if isinstance(each, Answer)}
    expected = [
        (
            each.comment, each.post, each.thread, at[Comment.KIND, each.thread], each.parent or "", each.body,
            each.mentions, each.internal, each.deleted, each.version, each.comment in answers and not each.deleted,
        )
        for each in house.there.values()
        if isinstance(each, Comment)
    ]  # fmt: skip
    columns = [
        "comment",
        "post",
        "thread",
        "thread_at",
        "parent",
        "body",
        "mentions",
        "internal",
        "deleted",
        "revision",
        "answer",
    ]
    assert shown(view, COMMENTS, *columns) == sorted(expected)
    gone = {each.comment for each in house.there.values() if isinstance(each, Comment) and each.deleted}
    bodies = shown(view, COMMENT_HISTORY, "comment", "body", "deleted")
    assert all((comment in gone) == bool(deleted) == (body == "") for comment, body, deleted in bodies)
    assert len(bodies) == sum(each.version for each in house.there.values() if isinstance(each, Comment))


def test_the_views_show_it(database: Database) -> None:
    ledger = a_discussion()
    ledger.commit("comment", "e", 1, written("e", 9, post="q"))
    ledger.commit("comment", "a", 1, written("a", body="theirs"), workspace="globex")
    runner = database.runner(CommentsProjection(), 1)
    runner.open(Partition(LEDGER_TOPIC, 0))
    runner.feed(ledger.batch())
    runner.flush()
    name = database.settings.database

    def listed(posts: list[str], **options: object) -> list[ShownComment]:
        query = comments_query(name, "acme", posts, **{"limit": 10, **options})
        return [ShownComment(*row) for row in database.client.query(query.sql, dict(query.parameters)).result_rows]

    assert [each.comment for each in listed(["p"])] == ["d", "a", "b"]
    everything = listed(["p", "q"], internal=True)
    assert [each.comment for each in everything] == ["d", "a", "b", "c", "e"]
    for number, each in enumerate(everything):
        rest = listed(["p", "q"], internal=True, after=each.key)
        assert [item.comment for item in rest] == [item.comment for item in everything[number + 1 :]]
    assert [(each.comment, each.answer, each.body) for each in listed(["p"], as_of=AT + 4)] == [
        ("d", False, "Says d"),
        ("a", True, "Says a"),
        ("b", False, ""),
    ]
    assert [each.comment for each in listed(["p"], as_of=AT)] == ["d", "a"]
    one = comment_query(name, "acme", "p", "a")
    row = ShownComment(*database.client.query(one.sql, dict(one.parameters)).result_rows[0])
    assert (row.body, tuple(row.mentions), row.edited, row.internal) == ("Better", (), AT + 7, False)
    versions = versions_query(name, "acme", "p", "a", limit=10)
    rows = [CommentVersion(*row) for row in database.client.query(versions.sql, dict(versions.parameters)).result_rows]
    assert [(row.revision, row.change, row.body, tuple(row.mentions), row.actor) for row in rows] == [
        (1, "written", "Says a", ("ben", "cem"), "tester"),
        (2, "edited", "Better", (), "tester"),
    ]
    counts = "SELECT workspace, post, comments, notes FROM groundswell.comment_counts ORDER BY workspace, post"
    assert database.rows(counts) == [("acme", "p", 2, 1), ("acme", "q", 1, 0), ("globex", "p", 1, 0)]
