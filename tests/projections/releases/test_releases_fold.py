"""Releases are what the admitted commits say, now and as of any moment."""

from collections.abc import Iterator

import msgspec
import pytest

from events.domain.releases.events import (
    ReleaseDrafted,
    ReleaseEdited,
    ReleasePostMoved,
    ReleasePostNotMoved,
    ReleasePublished,
    ReleaseScheduled,
    ReleaseUnscheduled,
    ReleaseWithdrawn,
)
from events.position import Partition
from events.times import format_time
from projections.releases import ReleasesProjection
from projections.releases.queries import (
    ReleaseChange,
    ReleaseRow,
    changelog_query,
    history_query,
    release_query,
    releases_query,
)
from projections.releases.state import evolve_release
from tests.support.ledger import LEDGER_TOPIC, MemoryLedger
from tests.support.views import Database, database

AT = 1_790_000_000_000


def at(second: int) -> str:
    return format_time(AT + 1000 * second)


def releases() -> MemoryLedger:
    ledger = MemoryLedger()
    ledger.commit(
        "release", "r", 1, ReleaseDrafted(release="r", title="Spring", body="# New", posts=("a", "b"), at=at(0))
    )
    edited = ReleaseEdited(release="r", label="2.4", posts=("b", "c"), reason="c made it", at=at(10))
    ledger.commit("release", "r", 2, edited)
    ledger.commit("release", "r", 2, ReleaseEdited(release="r", title="Void", at=at(11)))
    ledger.commit("release", "r", 3, ReleaseScheduled(release="r", publish_at=at(100), at=at(20)))
    ledger.commit("release", "r", 4, ReleaseUnscheduled(release="r", at=at(30)))
    ledger.commit("release", "r", 5, ReleasePublished(release="r", at=at(40)))
    ledger.commit("release", "r", 6, ReleasePostMoved(release="r", post="b", status="complete", moved="x", at=at(41)))
    why = "it was deleted = gone"
    ledger.commit("release", "r", 7, ReleasePostNotMoved(release="r", post="c", why=why, at=at(42)))
    ledger.commit("release", "old", 1, ReleaseDrafted(release="old", title="Winter", at=at(-100)))
    ledger.commit("release", "old", 2, ReleasePublished(release="old", at=at(-50)))
    ledger.commit("release", "gone", 1, ReleaseDrafted(release="gone", title="Autumn", at=at(-200)))
    ledger.commit("release", "gone", 2, ReleasePublished(release="gone", at=at(-190)))
    ledger.commit("release", "gone", 3, ReleaseWithdrawn(release="gone", reason="oops", at=at(-180)))
    ledger.commit("release", "r", 1, ReleaseDrafted(release="r", title="Theirs", at=at(0)), workspace="other")
    ledger.commit("release", "odd", 1, ReleasePublished(release="odd", at=at(0)))
    return ledger


@pytest.fixture(scope="module")
def view(clickhouse_url: str) -> Iterator[Database]:
    with database(clickhouse_url) as made:
        runner = made.runner(ReleasesProjection(), 1)
        runner.open(Partition(LEDGER_TOPIC, 0))
        runner.feed(releases().batch())
        runner.flush()
        yield made


def ask(view: Database, query, kind):
    rows = view.client.query(query.sql, dict(query.parameters)).result_rows
    return [msgspec.convert(tuple(row), kind) for row in rows]


def one(view: Database, **moment: int) -> ReleaseRow | None:
    found = ask(view, release_query(view.settings.database, "acme", "r", **moment), ReleaseRow)
    return found[0] if found else None


def test_a_release_as_it_is(view: Database) -> None:
    assert one(view) == ReleaseRow(
        "r", "Spring", "# New", "2.4", ["b", "c"], "published", None, AT + 40_000, ["b"],
        {"c": "it was deleted = gone"}, "", False, AT, AT + 42_000, 7,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("second", "state", "posts"),
    [
        (-1, None, None),
        (5, "draft", ["a", "b"]),
        (15, "draft", ["b", "c"]),
        (25, "scheduled", ["b", "c"]),
        (35, "draft", ["b", "c"]),
        (40, "published", ["b", "c"]),
    ],
)
def test_a_release_as_of_a_moment(view: Database, second: int, state: str | None, posts: list[str] | None) -> None:
    found = one(view, as_of=AT + 1000 * second)
    assert (state, posts) == (None, None) if found is None else (found.state, list(found.posts)) == (state, posts)
    if state == "scheduled":
        assert found is not None
        assert found.publish_at == AT + 100_000


def test_releases_as_they_were_known(view: Database) -> None:
    query = releases_query(view.settings.database, "acme", limit=10, known_at=releases().began + 1500)
    assert [(each.release, each.revision, each.label) for each in ask(view, query, ReleaseRow)] == [("r", 2, "2.4")]


def test_the_public_sees_what_is_published_and_was(view: Database) -> None:
    def names(second: int) -> list[str]:
        query = releases_query(view.settings.database, "acme", limit=10, public=True, as_of=AT + 1000 * second)
        return [each.release for each in ask(view, query, ReleaseRow)]

    assert names(-185) == []  # one was, and was withdrawn since
    assert names(0) == ["old"]
    assert names(50) == ["r", "old"]
    for moment, there in ((None, 1), (AT + 15_000, 0), (AT + 40_000, 1)):
        query = release_query(view.settings.database, "acme", "r", public=True, as_of=moment)
        assert len(ask(view, query, ReleaseRow)) == there


def test_lists_by_state_and_by_pages(view: Database) -> None:
    def names(**asked: object) -> list[str]:
        query = releases_query(view.settings.database, "acme", **{"limit": 10, **asked})
        return [each.release for each in ask(view, query, ReleaseRow)]

    assert names() == ["r", "old", "gone"]
    assert names(state="draft") == ["gone"]
    assert names(limit=1, after=(AT, "r")) == ["old"]
    assert names(as_of=AT - 185_000, state="published") == ["gone"]


def test_the_changelog_is_what_is_published(view: Database) -> None:
    def names(**asked: object) -> list[str]:
        query = changelog_query(view.settings.database, "acme", **{"limit": 10, **asked})
        return [each.release for each in ask(view, query, ReleaseRow)]

    assert names() == ["r", "old"]
    assert names(after=(AT + 40_000, "r")) == ["old"]


def test_every_decision_is_a_line(view: Database) -> None:
    found = ask(view, history_query(view.settings.database, "acme", "r", limit=10), ReleaseChange)
    assert [(each.change, each.what) for each in found] == [
        ("drafted", "drafted"),
        ("edited", "edited label, posts (+c -a)"),
        ("scheduled", f"scheduled for {at(100)}"),
        ("unscheduled", "no longer scheduled"),
        ("published", "published"),
        ("post-moved", "b is complete, by way of x"),
        ("post-not-moved", "c was not moved: it was deleted = gone"),
    ]
    assert (found[1].reason, found[1].actor) == ("c made it", "tester")


def test_a_release_that_was_never_drafted_is_refused() -> None:
    fold = ReleasesProjection().fold(Partition(LEDGER_TOPIC, 0), 1)

    class Nothing:
        def __call__(self, keys: object) -> list[None]:
            return [None] * len(keys)

        def scan(self, prefix: bytes) -> list:
            return []

    rejected = fold.apply(releases().batch(), Nothing())
    assert [each.reason for each in rejected] == ["groundswell.release.published.v1: release 'odd' was never drafted"]


def test_what_was_tried_again_is_said_once() -> None:
    state = evolve_release(None, ReleaseDrafted(release="r", title="Spring", posts=("c", "cc"), at=at(0)))
    for post, why in (("c", "gone"), ("cc", "a = b"), ("c", "gone still")):
        state = evolve_release(state, ReleasePostNotMoved(release="r", post=post, why=why, at=at(1)))
    assert state.not_moved == ("cc=a = b", "c=gone still")
    state = evolve_release(state, ReleasePostMoved(release="r", post="c", status="complete", at=at(2)))
    assert (state.moved, state.not_moved) == (("c",), ("cc=a = b",))
