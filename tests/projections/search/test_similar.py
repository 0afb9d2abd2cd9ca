"""How alike two posts are."""

from projections.search.queries import FoundPost
from projections.search.similar import MOST_BODY_WORDS, Candidate, Draft, most_similar, weights_of
from projections.search.words import searched_words


def post(id: str, title: str, body: str = "", score: int = 0) -> FoundPost:
    return FoundPost(id, "ideas", title, "open", 0, score, score, *searched_words(title, body))


POSTS = [
    post("dark", "Dark mode"),
    post("darker", "A dark theme for the editor", "Some like their mode dark."),
    post("csv", "Export to CSV"),
    post("sso", "Single sign-on"),
]


def similar(title: str, body: str = "", posts: list[FoundPost] = POSTS) -> list[str]:
    draft = Draft.of(title, body)
    return [each.found.post for each in most_similar(draft, weights_of(draft, []), posts, limit=10)]


def test_the_same_title_is_as_alike_as_can_be() -> None:
    draft = Draft.of("DARK mode!")
    found = most_similar(draft, weights_of(draft, []), POSTS, limit=10)
    assert (found[0].found.post, found[0].likeness) == ("dark", 1.0)


def test_a_typo_and_another_ending_cost_little() -> None:
    assert similar("Drak mode")[0] == "dark"
    assert similar("Exporting to csv files")[:1] == ["csv"]


def test_words_in_the_other_one_s_body_count_for_less() -> None:
    assert similar("dark mode") == ["dark", "darker"]


def test_a_body_helps() -> None:
    posts = [post("one", "Faster", "The timeline of invoices crawls"), post("two", "Faster", "Boards open slowly")]
    assert similar("Faster", "our timeline crawls when there are many invoices", posts) == ["one", "two"]
    assert similar("Faster", "my boards open so slowly", posts) == ["two", "one"]


def test_what_has_nothing_in_common_is_not_shown() -> None:
    assert similar("Zebra crossings") == []
    assert similar("?!") == []


def test_equally_alike_ones_by_their_votes() -> None:
    posts = [post("few", "Dark mode", score=1), post("many", "dark MODE", score=9)]
    assert similar("dark mode", posts=posts) == ["many", "few"]


def test_a_rare_word_tells_more() -> None:
    draft = Draft.of("webhooks for the app")
    weights = weights_of(draft, [Candidate("x", (3, 900, 950, 500), 1000)])
    posts = [post("common", "The app for"), post("rare", "Webhooks please")]
    assert most_similar(draft, weights, posts, limit=1)[0].found.post == "rare"
    assert weights["webhooks"] > weights["app"] > weights["the"]


def test_a_draft_is_bounded() -> None:
    draft = Draft.of("one two " * 100 + " ".join(map(str, range(100))), " ".join(f"w{n}" for n in range(5000)))
    assert len(draft.words) == 16
    assert len(draft.body) == MOST_BODY_WORDS
