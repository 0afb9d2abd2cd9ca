"""What was decided about posts as the views show it: lines, statuses with their times, lists as they were."""

from datetime import UTC, datetime

import msgspec
import pytest

from events.domain.fields.events import FieldDefined, FieldRemoved
from events.domain.merging.events import PostAbsorbed, PostMerged, PostReleased, PostUnmerged
from events.domain.posts.events import (
    PostArchived,
    PostDeleted,
    PostFieldsSet,
    PostPinned,
    PostRestored,
    PostStatusChanged,
    PostTagged,
    PostUnarchived,
    PostUnpinned,
)
from events.domain.tags.events import TagDefined, TagRemoved
from events.domain.vocabulary import DuplicateNoted, PostClosed, PostEdited, PostMoved, PostReopened, PostSubmitted
from events.domain.workflow.events import Status, WorkflowSet
from events.times import format_time, to_millis
from projections.posts.filters import PostFilter
from projections.posts.history import Done, activity_query
from projections.posts.lines import line
from projections.posts.queries import ListedPost, posts_query
from projections.posts.state import PostState, field_text
from projections.ranking.formulas import RECENT
from projections.ranking.query import RankingRequest
from tests.support.ledger import MemoryLedger
from tests.support.views import Database

BEGAN = to_millis(datetime(2026, 1, 1, tzinfo=UTC))
DAY = 24 * 3_600_000


def at(days: float) -> str:
    return format_time(BEGAN + int(days * DAY))


def status(name: str, kind: str, days: float, **why: str) -> PostStatusChanged:
    return PostStatusChanged(post="p", status=name, kind=kind, at=at(days), **why)  # type: ignore[arg-type]


BEFORE = PostState("ideas", "Title", "", "", BEGAN, tags=("api", "ui"), fields={"effort": "3"})


@pytest.mark.parametrize(
    ("event", "what"),
    [
        (PostEdited(post="p", title="T", body="B", author="a", at=at(1)), "edited the title, the body and the author"),
        (PostEdited(post="p", body="", at=at(1)), "edited the body"),
        (PostMoved(post="p", board="bugs", at=at(1)), "moved from ideas to bugs"),
        (status("planned", "planned", 1), "status changed from open to planned"),
        (status("open", "open", 1, note="Still"), "kept as open"),
        (PostClosed(post="p", reason="no", at=at(1)), "closed: status changed from open to closed"),
        (PostReopened(post="p", status="planned", at=at(1)), "reopened: status changed from open to planned"),
        (PostTagged(post="p", tags=("new", "ui"), at=at(1)), "tagged new; untagged api"),
        (PostTagged(post="p", tags=(), at=at(1)), "untagged api and ui"),
        (PostFieldsSet(post="p", values={"effort": None, "due": "2026-02-01"}, at=at(1)),
         "due set to 2026-02-01; effort cleared"),
        (PostArchived(post="p", at=at(1)), "archived"),
        (PostUnarchived(post="p", at=at(1)), "taken out of the archive"),
        (PostDeleted(post="p", at=at(1)), "deleted"),
        (PostRestored(post="p", at=at(1)), "restored"),
        (PostPinned(post="p", at=at(1)), "pinned"),
        (PostUnpinned(post="p", at=at(1)), "unpinned"),
        (DuplicateNoted(post="p", duplicate_of="q", at=at(1)), "noted as a duplicate of q"),
        (PostMerged(post="p", into="q", at=at(1)), "merged into q"),
        (PostUnmerged(post="p", into="q", at=at(1)), "taken back out of q"),
        (PostAbsorbed(post="p", merged="q", at=at(1)), "q was merged into it"),
        (PostReleased(post="p", released="q", through="r", at=at(1)), "q was taken back out of it by way of r"),
    ],
)  # fmt: skip
def test_a_line_says_what_was_done(event: object, what: str) -> None:
    assert line(BEFORE, event) == what  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "text"), [(3, "3"), (3.0, "3"), (-0.5, "-0.5"), (True, "true"), (False, "false"), ("3.0", "3.0")]
)
def test_values_that_are_equal_are_the_same_text(value: object, text: str) -> None:
    assert field_text(value) == text  # type: ignore[arg-type]


def a_ledger() -> MemoryLedger:
    ledger = MemoryLedger(began=BEGAN + 100 * DAY)
    ledger.commit("post", "p", 1, PostSubmitted(post="p", board="ideas", title="Title", at=at(0)))
    ledger.commit("post", "p", 2, status("planned", "planned", 10, note="In spring", reason="revenue"))
    ledger.commit("post", "p", 3, status("complete", "shipped", 30))
    ledger.commit("post", "p", 4, status("under-review", "open", 5))  # told late: it came before both
    ledger.commit("post", "q", 1, PostSubmitted(post="q", board="ideas", title="Other", author="ann", at=at(1)))
    ledger.commit("post", "q", 2, PostTagged(post="q", tags=("api", "ui"), at=at(2)))
    ledger.commit("post", "q", 3, PostFieldsSet(post="q", values={"effort": 3.0, "text": "a=b"}, at=at(3)))
    ledger.commit("post", "q", 4, PostArchived(post="q", at=at(4)))
    ledger.commit("post", "q", 5, PostUnarchived(post="q", at=at(6)))
    ledger.commit("post", "q", 6, PostMerged(post="q", into="p", at=at(8)))
    ledger.commit("post", "q", 7, PostUnmerged(post="q", into="p", at=at(12)))
    ledger.commit("post", "q", 8, PostDeleted(post="q", at=at(20)))
    ledger.commit("post", "q", 9, PostRestored(post="q", at=at(25)))
    ledger.commit("post", "q", 10, PostPinned(post="q", at=at(26)))
    for version, ids in enumerate([("open", "planned"), ("open", "doing")], start=1):
        statuses = tuple(Status(id=id, name=id.title(), colour="#16a34a", kind="open", next=("open",)) for id in ids)
        ledger.commit("workflow", "", version, WorkflowSet(statuses=statuses, initial="open", at=at(version)))
    ledger.commit("tag", "ui", 1, TagDefined(tag="ui", name="Look", colour="#2563eb", at=at(1)))
    ledger.commit("tag", "api", 1, TagDefined(tag="api", name="API", colour="#2563eb", at=at(1)))
    ledger.commit("tag", "api", 2, TagRemoved(tag="api", at=at(2)))
    for field in ("size", "effort"):
        defined = FieldDefined(board="ideas", field=field, name=field, type="choice", choices=("S", "M"), at=at(1))
        ledger.commit("field", f"ideas/{field}", 1, defined)
    ledger.commit("field", "ideas/size", 2, FieldRemoved(board="ideas", field="size", at=at(2)))
    return ledger


@pytest.fixture(scope="module")
def filled(clickhouse_url: str):
    from tests.support.views import database

    with database(clickhouse_url) as made:
        made.fold_posts(a_ledger())
        yield made


def test_each_status_says_from_when_to_when_whenever_it_was_told(filled: Database) -> None:
    rows = filled.rows(
        "SELECT status, kind, toUnixTimestamp64Milli(since), toUnixTimestamp64Milli(until), note, reason "
        "FROM groundswell.status_history WHERE post = 'p' ORDER BY since"
    )
    days = [BEGAN + day * DAY for day in (0, 5, 10, 30)]
    assert rows == [
        ("open", "open", days[0], days[1], "", ""),
        ("under-review", "open", days[1], days[2], "", ""),
        ("planned", "planned", days[2], days[3], "In spring", "revenue"),
        ("complete", "shipped", days[3], None, "", ""),
    ]


def listed(database: Database, asked: PostFilter, moment: float | None, *, pinned_first: bool = False) -> list[str]:
    as_of = None if moment is None else BEGAN + int(moment * DAY)
    query = posts_query(database.settings.database, "acme", asked, limit=10, as_of=as_of, pinned_first=pinned_first)
    rows = database.client.query(query.sql, dict(query.parameters)).result_rows
    found = [msgspec.convert(row, ListedPost).post for row in rows]
    fields = msgspec.structs.asdict(asked)
    if not asked.merged:
        request = RankingRequest(workspace="acme", formula=RECENT, limit=10, as_of=as_of, **fields)
        assert {post.post for post in database.page(request)[0]} == set(found)
    return sorted(found) if not pinned_first else found


def test_lists_and_rankings_show_what_showed_then(filled: Database) -> None:
    everything, archived, merged = PostFilter(), PostFilter(archived=True), PostFilter(merged=True)
    assert [listed(filled, everything, day) for day in (0.5, 1, 4, 6, 8, 12, 20, 25, None)] == [
        ["p"], ["p", "q"], ["p"], ["p", "q"], ["p"], ["p", "q"], ["p"], ["p", "q"], ["p", "q"],
    ]  # fmt: skip
    assert [listed(filled, archived, day) for day in (3, 4, 6)] == [[], ["q"], []]
    assert [listed(filled, merged, day) for day in (7, 8, 12)] == [[], ["q"], []]
    assert listed(filled, everything, None, pinned_first=True) == ["q", "p"]


def test_filters_hold_together_and_as_of(filled: Database) -> None:
    both = PostFilter(tags=("api", "ui"), fields=(("effort", "3"), ("text", "a=b")), author="ann", board="ideas")
    assert [listed(filled, both, day) for day in (2, 3, None)] == [[], ["q"], ["q"]]
    assert listed(filled, PostFilter(tags=("api", "nope")), None) == []
    assert listed(filled, PostFilter(fields=(("effort", "4"),)), None) == []
    assert [listed(filled, PostFilter(kind="planned"), day) for day in (9, 10)] == [[], ["p"]]
    assert listed(filled, PostFilter(status="planned"), 11) == ["p"]


def test_the_fields_are_a_map_for_sql(filled: Database) -> None:
    assert filled.rows("SELECT fields['effort'], fields['text'] FROM groundswell.posts WHERE post = 'q'") == [
        ("3", "a=b")
    ]


def test_activity_is_as_of_a_moment_and_goes_on_from_a_key(filled: Database) -> None:
    def done(**asked: object) -> list[int]:
        query = activity_query(filled.settings.database, "acme", "q", limit=3, **asked)  # type: ignore[arg-type]
        rows = filled.client.query(query.sql, dict(query.parameters)).result_rows
        return [msgspec.convert(row, Done).revision for row in rows]

    assert done() == [10, 9, 8]
    assert done(as_of=BEGAN + 4 * DAY) == [4, 3, 2]
    assert done(as_of=BEGAN + 4 * DAY, after=(BEGAN + 3 * DAY, 3)) == [2, 1]


def test_what_posts_are_sorted_by_is_there_for_sql_until_it_is_gone(filled: Database) -> None:
    statuses = filled.rows("SELECT status, name, kind, votes, next FROM groundswell.statuses ORDER BY place")
    assert statuses == [("open", "Open", "open", True, ["open"]), ("doing", "Doing", "open", True, ["open"])]
    assert filled.rows("SELECT tag, name, colour FROM groundswell.tags") == [("ui", "Look", "#2563eb")]
    fields = filled.rows("SELECT board, field, type, choices FROM groundswell.board_fields")
    assert fields == [("ideas", "effort", "choice", ["S", "M"])]
