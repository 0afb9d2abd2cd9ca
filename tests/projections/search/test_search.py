"""Search over the real engine: what is found, in which order, and what is not."""

import random
from collections.abc import Iterator

import msgspec
import pytest

from events.domain.merging.events import PostMerged
from events.domain.posts.events import PostArchived, PostDeleted, PostRestored
from events.domain.vocabulary import BoardCreated, PostEdited, PostSubmitted
from events.times import format_time
from projections.posts.filters import PostFilter
from projections.search.queries import Found, FoundPost, Search, details_query, search_query
from projections.search.similar import Candidate, Draft, candidates_query, most_similar, weights_of
from projections.search.words import asked_words, words_of
from tests.support.ledger import MemoryLedger
from tests.support.views import Database, database

AT = 1_790_000_000_000
WORDS = ["dark", "mode", "theme", "export", "csv", "webhook", "sign", "login", "board", "vote", "email", "calendar"]
EVERYTHING = PostFilter()


class Posts:
    """Posts in the view, and the words of those that can be found."""

    def __init__(self, view: Database) -> None:
        self.view = view
        self.ledger = MemoryLedger()
        self.ledger.commit("board", "ideas", 1, BoardCreated(board="ideas", name="Ideas", at=format_time(AT)))
        self.versions: dict[str, int] = {}
        self.texts: dict[str, tuple[str, str]] = {}

    def put(self, post: str, title: str, body: str = "", board: str = "ideas") -> None:
        at = format_time(AT + len(self.ledger.values))
        if post in self.versions:
            self.decide(post, PostEdited(post=post, title=title, body=body, at=at))
        else:
            self.decide(post, PostSubmitted(post=post, board=board, title=title, body=body, at=at))
        self.texts[post] = (title, body)

    def decide(self, post: str, event: object) -> None:
        self.versions[post] = self.versions.get(post, 0) + 1
        self.ledger.commit("post", post, self.versions[post], event)

    def search(self, text: str, *, only: PostFilter = EVERYTHING, workspace: str = "acme") -> list[str]:
        search = Search(workspace=workspace, words=tuple(asked_words(text)), only=only)
        found = [*self._rows(search, complete=True), *self._rows(search, complete=False)]
        assert found == sorted(found, key=lambda each: (-each.value, -each.created, each.post))
        return [each.post for each in found]

    def by_pages(self, text: str) -> list[str]:
        search, found = Search(workspace="acme", words=tuple(asked_words(text))), list[Found]()
        for complete in (True, False):
            while page := self._rows(search, complete=complete, limit=50):
                found += page
                search = msgspec.structs.replace(search, after=page[-1])
        return [each.post for each in found]

    def similar(self, title: str, body: str = "", *, only: PostFilter = EVERYTHING) -> list[str]:
        draft = Draft.of(title, body)
        query = candidates_query(self.view.settings.database, "acme", draft, only)
        candidates = [msgspec.convert(row, Candidate) for row in self._ask(query)]
        posts = list({candidate.post: None for candidate in candidates})
        rows = self._ask(details_query(self.view.settings.database, "acme", posts, compared=True))
        found = [msgspec.convert(row, FoundPost) for row in rows]
        return [each.found.post for each in most_similar(draft, weights_of(draft, candidates), found, limit=5)]

    def _rows(self, search: Search, *, complete: bool, limit: int = 1000) -> list[Found]:
        query = search_query(self.view.settings.database, search, complete=complete, limit=limit)
        return [msgspec.convert(row, Found) for row in self._ask(query)]

    def _ask(self, query) -> list[tuple]:
        return [tuple(row) for row in self.view.client.query(query.sql, dict(query.parameters)).result_rows]


@pytest.fixture(scope="module")
def posts(clickhouse_url: str) -> Iterator[Posts]:
    """Some named posts and five hundred of random words; edited, archived, deleted and merged ones in later parts."""
    with database(clickhouse_url) as view:
        made = Posts(view)
        made.put("title", "Dark mode for the editor")
        made.put("body", "My eyes", "hurt: a dark mode please, for the editor")
        made.put("some", "A dark corner")
        made.put("edited", "Dark mode, long ago")
        for id in ("archived", "deleted", "merged", "restored"):
            made.put(id, f"Dark mode {id}")
        made.put("cafe", "Größere Cafés")
        made.put("japanese", "日本語で検索")
        made.put("elsewhere", "Dark mode on another board", board="bugs")
        rng = random.Random(7)
        for number in range(500):
            made.put(f"r{number}", " ".join(rng.choices(WORDS, k=4)), " ".join(rng.choices(WORDS, k=12)))
        view.client.command(f"SYSTEM STOP MERGES {view.settings.database}.posts_g1")
        view.fold_posts(made.ledger)
        at = format_time(AT + 10_000)
        made.put("edited", "Night theme")
        made.decide("archived", PostArchived(post="archived", at=at))
        made.decide("deleted", PostDeleted(post="deleted", at=at))
        made.decide("merged", PostMerged(post="merged", into="title", at=at))
        made.decide("restored", PostDeleted(post="restored", at=at))
        made.decide("restored", PostRestored(post="restored", at=at))
        for number in range(0, 500, 7):
            made.put(f"r{number}", " ".join(rng.choices(WORDS, k=4)))
        view.fold_posts(made.ledger)
        yield made


def test_all_words_come_before_some_and_titles_before_bodies(posts: Posts) -> None:
    found = [each for each in posts.search("dark mode editor") if not each.startswith("r")]
    assert found[:2] == ["title", "body"]
    assert set(found[2:]) == {"some", "elsewhere"}


def test_what_a_post_said_once_does_not_find_it(posts: Posts) -> None:
    assert "edited" not in posts.search("dark")
    assert "edited" in posts.search("night")


def test_hidden_posts_are_not_found(posts: Posts) -> None:
    for id in ("archived", "deleted", "merged"):
        assert posts.search(id) == []
        assert id not in posts.similar(f"Dark mode {id}")
    assert posts.search("restored") == ["restored"]


def test_case_accents_and_scripts(posts: Posts) -> None:
    assert posts.search("CAFES grossere")[0] == "cafe"
    assert posts.search("検索") == ["japanese"]


def test_only_this_board_and_no_other_workspace(posts: Posts) -> None:
    assert posts.search("dark mode", only=PostFilter(board="bugs")) == ["elsewhere"]
    assert posts.search("dark mode", workspace="other") == []
    assert posts.similar("Dark mode", only=PostFilter(board="bugs")) == ["elsewhere"]


@pytest.mark.parametrize("text", ["dark", "csv export", "vote email board", "sync nothing", "r1 r2"])
def test_it_finds_what_reading_every_post_finds(posts: Posts, text: str) -> None:
    words = set(asked_words(text))
    hidden = {"archived", "deleted", "merged"}
    said = {id: set(words_of(f"{title} {body}")) for id, (title, body) in posts.texts.items() if id not in hidden}
    found = posts.search(text)
    assert posts.by_pages(text) == found
    assert sorted(found) == sorted(id for id, has in said.items() if has & words)
    counts = [len(said[id] & words) for id in found]
    assert counts == sorted(counts, reverse=True)


def test_similar_posts_are_found_with_a_typo(posts: Posts) -> None:
    assert posts.similar("Drak mode for teh editor")[0] == "title"


def test_words_are_data(posts: Posts) -> None:
    """Whatever is asked for, ClickHouse is given words only, and those bound."""
    assert posts.search("') OR 1=1 -- {words:String} \\' %") == []
    assert posts.similar("'); DROP TABLE posts_g1; --", "\\'\"{}") == []
