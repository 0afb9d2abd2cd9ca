"""Boards and posts are what the admitted commits say, and nothing that is void shows."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from events.domain.vocabulary import (
    BoardCreated,
    BoardRenamed,
    DuplicateNoted,
    PostClosed,
    PostEdited,
    PostMoved,
    PostReopened,
    PostSubmitted,
    WorkspaceOpened,
)
from events.log.opening import LogOpened, OpenedData
from events.position import Partition
from events.times import format_time
from projections.posts import PostsProjection
from services.projector.memory import MemoryDeadLetters, MemoryStores, MemoryView
from services.projector.runner import Runner
from tests.support.ledger import LEDGER_TOPIC, MemoryLedger
from tests.support.views import Database

AT = 1_790_000_000_000


def submitted(post: str, at: int = AT, **fields: str) -> PostSubmitted:
    return PostSubmitted(post=post, board="ideas", title=f"Title of {post}", at=format_time(at), **fields)


def fold(ledger: MemoryLedger, cuts: list[int] = ()) -> tuple[MemoryView, MemoryDeadLetters]:
    view, letters, stores = MemoryView(), MemoryDeadLetters(), MemoryStores()
    runner = Runner(PostsProjection(), view, stores, letters, "epoch", partition_count=lambda _: 1)
    runner.open(Partition(LEDGER_TOPIC, 0))
    whole = ledger.batch()
    for start, end in zip([0, *cuts], [*cuts, len(ledger.values)], strict=True):
        part = MemoryLedger(ledger.began, ledger.values[:end]).batch(start)
        runner.feed(part)
        runner.flush()
    runner.feed(whole)  # all of it was folded already
    runner.flush()
    return view, letters


def a_post_s_life() -> MemoryLedger:
    ledger = MemoryLedger()
    opened = LogOpened(id="epoch", time=format_time(AT), data=OpenedData({"ledger": 1}))

    ledger.values.append(msgspec.json.encode(opened))
    ledger.commit("workspace", "acme", 1, WorkspaceOpened(at=format_time(AT)))
    ledger.commit("board", "ideas", 1, BoardCreated(board="ideas", name="Ideas", at=format_time(AT)))
    ledger.commit("board", "ideas", 2, BoardRenamed(board="ideas", name="Wishes", at=format_time(AT + 1)))
    ledger.commit(
        "post",
        "p",
        1,
        submitted("p", body="Please", author="ann"),
        PostClosed(post="p", reason="no", at=format_time(AT + 2)),
    )
    ledger.commit("post", "p", 3, PostReopened(post="p", reason="", at=format_time(AT + 3)))
    ledger.commit(
        "post",
        "p",
        4,
        PostEdited(post="p", title="Better", at=format_time(AT + 4)),
        PostMoved(post="p", board="bugs", at=format_time(AT + 4)),
    )
    ledger.commit("post", "p", 6, DuplicateNoted(post="p", duplicate_of="q", at=format_time(AT + 5)))
    return ledger


def posts(view: MemoryView) -> dict:
    names = list(PostsProjection.tables[0].columns)
    return {row[1]: dict(zip(names, row, strict=True)) for row in view.rows("posts")}


def test_a_post_says_what_its_last_commit_left():
    view, letters = fold(a_post_s_life())
    assert not letters.letters
    post = posts(view)["p"]
    expected = {
        "workspace": "acme", "board": "bugs", "title": "Better", "body": "Please", "author": "ann", "status": "open",
        "kind": "open", "closed_reason": "", "duplicate_of": "q", "merged_into": "", "tags": (), "field_pairs": (),
        "archived": False, "deleted": False, "pinned": False, "created_at": AT, "occurred_at": AT + 5, "revision": 6,
        "actor": "tester", "version": 7,
    }  # fmt: skip
    assert {name: post[name] for name in expected} == expected
    assert [row[1:3] for row in view.rows("boards")] == [("ideas", "Wishes")]


def test_every_version_of_a_post_is_kept():
    view, _ = fold(a_post_s_life())
    names = list(PostsProjection.tables[1].columns)
    versions = sorted(
        (
            row[names.index("revision")],
            row[names.index("change")],
            row[names.index("status")],
            row[names.index("title")],
        )
        for row in view.rows("post_history")
    )
    assert versions == [
        (1, "submitted", "open", "Title of p"),
        (2, "closed", "closed", "Title of p"),
        (3, "reopened", "open", "Title of p"),
        (4, "edited", "open", "Better"),
        (5, "moved", "open", "Better"),
        (6, "duplicate-noted", "open", "Better"),
    ]


def test_a_void_commit_shows_nowhere():
    ledger = a_post_s_life()
    ledger.commit("post", "p", 6, PostClosed(post="p", reason="too late", at=format_time(AT + 6)))
    ledger.commit("post", "p", 9, PostClosed(post="p", reason="too early", at=format_time(AT + 6)))
    ledger.commit("post", "q", 1, submitted("q"), commit_id="c5")  # that id was admitted before, with other contents
    view, letters = fold(ledger)
    assert not letters.letters
    assert posts(view).keys() == {"p"}
    assert posts(view)["p"]["status"] == "open"


@given(st.lists(st.integers(0, 8), max_size=6).map(sorted))
def test_cutting_changes_no_row(cuts: list[int]):
    assert fold(a_post_s_life(), cuts)[0].tables == fold(a_post_s_life())[0].tables


def test_workspaces_do_not_meet():
    ledger = MemoryLedger()
    ledger.commit("post", "p", 1, submitted("p"))
    ledger.commit("post", "p", 1, submitted("p", body="theirs"), workspace="globex")
    view, _ = fold(ledger)
    assert {(row[0], row[4]) for row in view.rows("posts")} == {("acme", ""), ("globex", "theirs")}


def test_what_is_no_commit_goes_to_dead_letters():
    ledger = a_post_s_life()
    ledger.values.insert(3, b"not a commit")
    view, letters = fold(ledger)
    assert [letter.position.offset for letter in letters.letters.values()] == [3]
    assert posts(view)["p"]["title"] == "Better"


def test_the_views_show_it(database: Database):
    database.fold_posts(a_post_s_life())
    assert database.rows("SELECT workspace, post, board, title, status FROM groundswell.posts") == [
        ("acme", "p", "bugs", "Better", "open")
    ]
    assert database.rows("SELECT workspace, board, name FROM groundswell.boards") == [("acme", "ideas", "Wishes")]
    assert database.rows("SELECT count() FROM groundswell.post_history") == [(6,)]
    progress = database.rows("SELECT projection, generation, topic, partition, next_offset FROM groundswell.progress")
    assert progress == [("posts", 1, LEDGER_TOPIC, 0, 8)]
    generations = database.rows(
        "SELECT generation, state, code, rows FROM groundswell.generations WHERE projection = 'posts'"
    )
    assert generations == [(1, "live", 2, 11)]
