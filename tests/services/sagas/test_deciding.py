"""Which rulings a decision leads to."""

from itertools import count

from events.domain.budgets.events import BoardBudgeted
from events.domain.event import DomainEvent
from events.domain.merging.events import PostAbsorbed, PostMerged
from events.domain.vocabulary import PostEdited, PostMoved, PostSubmitted
from events.rulings import MOST_PLACED, PostsPlaced, Ruling
from services.sagas.following import Decided
from services.sagas.rulings import Deciding
from tests.services.sagas.conftest import told

W = "acme"
EARLY, LATE = "2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"


class Ledger:
    """Commits, one after another."""

    def __init__(self) -> None:
        self.deciding = Deciding()
        self._offsets = count(1)

    def commit(self, *events: DomainEvent, workspace: str = W) -> list[Ruling]:
        return list(self.deciding.decide(Decided(workspace, next(self._offsets), events)))


def submitted(post: str, board: str = "ideas", at: str = EARLY) -> PostSubmitted:
    return PostSubmitted(post=post, board=board, title=post, at=at)


def moved(post: str, board: str, at: str = EARLY) -> PostMoved:
    return PostMoved(post=post, board=board, at=at)


def budgeted(votes: int | None, board: str = "ideas", at: str = EARLY) -> BoardBudgeted:
    return BoardBudgeted(board=board, votes=votes, period="month", at=at)


def test_most_decisions_are_none_of_the_ballots_business() -> None:
    ledger = Ledger()
    assert ledger.commit(submitted("a"), PostEdited(post="a", title="A", at=EARLY), moved("a", "bugs")) == []


def test_a_merge_is_told_by_the_post_that_went() -> None:
    found = Ledger().commit(
        PostMerged(post="a", into="b", reason="same", at=EARLY), PostAbsorbed(post="b", merged="a", at=EARLY)
    )
    assert told(found) == ["PostMerged a b"]
    assert [(ruling.id, ruling.source, ruling.time) for ruling in found] == [("1.0", W, EARLY)]


def test_a_boards_first_budget_places_what_stands_there_in_order() -> None:
    ledger = Ledger()
    posts = [f"p{number}" for number in range(MOST_PLACED + 1)]
    ledger.commit(*map(submitted, posts), submitted("elsewhere", "bugs"))
    ledger.commit(submitted("p0"), workspace="globex")
    ledger.commit(moved("p0", "bugs"), moved("p1", "bugs"), moved("p1", "ideas"))
    first, *placed = ledger.commit(budgeted(3))
    assert told([first]) == ["BoardBudgeted ideas 3"]
    assert [ruling.data.posts for ruling in placed if isinstance(ruling, PostsPlaced)] == [(*posts[2:], "p1")]
    assert told(ledger.commit(budgeted(4))) == ["BoardBudgeted ideas 4"]
    assert told(ledger.commit(budgeted(None))) == ["BoardBudgeted ideas"]


def test_more_posts_than_one_ruling_places_take_several() -> None:
    ledger = Ledger()
    ledger.commit(*(submitted(f"p{number}") for number in range(2 * MOST_PLACED + 1)))
    found = ledger.commit(submitted("last"), budgeted(3))
    sizes = [len(ruling.data.posts) for ruling in found if isinstance(ruling, PostsPlaced)]
    assert sizes == [MOST_PLACED, MOST_PLACED, 2]
    assert [ruling.id for ruling in found] == ["2.0", "2.1", "2.2", "2.3"]


def test_who_comes_and_goes_where_there_is_or_was_a_budget_is_placed() -> None:
    ledger = Ledger()
    ledger.commit(budgeted(3), budgeted(None))
    found = [
        *ledger.commit(submitted("a")),
        *ledger.commit(moved("a", "bugs")),
        *ledger.commit(moved("a", "other")),
        *ledger.commit(submitted("b", "bugs")),
        *ledger.commit(moved("b", "ideas")),
    ]
    assert told(found) == [
        "PostsPlaced ideas ('a',)",
        "PostsPlaced bugs ('a',)",
        "PostsPlaced other ('a',)",
        "PostsPlaced ideas ('b',)",
    ]


def test_nothing_is_placed_or_budgeted_before_what_was_decided_earlier() -> None:
    ledger = Ledger()
    found = [
        *ledger.commit(submitted("a"), budgeted(3, at=LATE)),
        *ledger.commit(moved("a", "bugs", at=EARLY)),
        *ledger.commit(budgeted(4, at=EARLY)),
    ]
    assert [ruling.time for ruling in found] == [LATE] * 4
