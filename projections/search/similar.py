"""Posts that say nearly the same as one that is being written.

First ClickHouse picks candidates: by their titles, compared by n-grams (so that a typo or another ending costs little)
and by words (a rare one counts more), and those that have all words of the new title anywhere. Then the few of them are
compared closely here. Pure but for the queries, which are data.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Self

from projections.clickhouse.query import Parameter, Query
from projections.clickhouse.schema import qualify
from projections.posts.filters import PostFilter, conditions
from projections.search.queries import MOST_WORDS, FoundPost
from projections.search.words import asked_words

CANDIDATES = 50
LEAST_LIKENESS = 0.3
"""Less alike is not shown."""

MOST_BODY_WORDS = 64
_ELSEWHERE = 0.6
"""What a word of the new title counts for that is in the other one's body alone."""
_LETTERS_SHARE = 0.35
"""How much of the titles' likeness is that of their letters, where the rest is that of their words."""
_BODY_SHARE = 0.2
"""How much of the likeness is that of the bodies, where the new post has one."""


class Draft(NamedTuple):
    """A post that is being written, by its words: bounded, however long it is."""

    title: str
    words: tuple[str, ...]
    body: tuple[str, ...]

    @classmethod
    def of(cls, title: str, body: str = "") -> Self:
        """The words of a title, and the longest ones of a body, which tend to be the rare ones."""
        words = asked_words(title)[:MOST_WORDS]
        others = sorted(set(asked_words(body)) - set(words), key=lambda word: (-len(word), word))
        return cls(" ".join(words), tuple(words), tuple(others[:MOST_BODY_WORDS]))


class Candidate(NamedTuple):
    """A post to look at closely; in how many titles each of the draft's words is, and how many titles there are.

    Where it was picked otherwise than by its title, these are empty and 0.
    """

    post: str
    frequencies: Sequence[int]
    titles: int


class Similar(NamedTuple):
    """A post, and how alike it is, from 0 to 1: all that the draft says, it says."""

    found: FoundPost
    likeness: float


def candidates_query(database: str, workspace: str, draft: Draft, only: PostFilter) -> Query:
    """Rows of `Candidate`, a post perhaps twice."""
    where, bound = conditions(only)
    parameters: dict[str, Parameter] = {"workspace": workspace, "title": draft.title, "words": list(draft.words)}
    parameters |= bound
    source = f"<post_words> WHERE workspace = {{workspace:String}} AND {' AND '.join(where)}"
    sql = f"""SELECT post, frequencies, titles FROM (
  SELECT post, 1 - ngramDistanceUTF8(title_words, {{title:String}}) AS likeness,
    arrayMap(word -> toUInt32(has(splitByChar(' ', title_words), word)), {{words:Array(String)}}) AS found,
    sumForEach(found) OVER () AS frequencies, count() OVER () AS titles
  FROM {source}
)
ORDER BY likeness + arraySum((is, many) -> is / log2(2 + many), found, frequencies) DESC, post
LIMIT {CANDIDATES}
UNION ALL
SELECT post, emptyArrayUInt64(), toUInt64(0) FROM (
  SELECT post FROM {source} AND hasAllTokens(words, {{words:Array(String)}}) ORDER BY created_at DESC, post
  LIMIT {CANDIDATES}
)"""
    return Query(qualify(sql, database), parameters)


def weights_of(draft: Draft, candidates: Iterable[Candidate]) -> Mapping[str, float]:
    """What each word of the draft's title tells: the fewer titles have it, the more."""
    for candidate in candidates:
        if candidate.titles:
            pairs = zip(draft.words, candidate.frequencies, strict=True)
            return {word: math.log2(2 + candidate.titles / (1 + many)) for word, many in pairs}
    return dict.fromkeys(draft.words, 1.0)


def most_similar(
    draft: Draft, weights: Mapping[str, float], posts: Iterable[FoundPost], *, limit: int
) -> Sequence[Similar]:
    """Those alike enough, the most alike first, then the ones with more votes."""
    compared = [Similar(post, round(_likeness(draft, weights, post), 3)) for post in posts]
    alike = [similar for similar in compared if similar.likeness >= LEAST_LIKENESS]
    alike.sort(key=lambda similar: (-similar.likeness, -similar.found.score, similar.found.post))
    return alike[:limit]


def _likeness(draft: Draft, weights: Mapping[str, float], post: FoundPost) -> float:
    title, everywhere = set(post.title_words.split()), set(post.words)
    told = sum(
        weight * (1.0 if word in title else _ELSEWHERE)
        for word, weight in weights.items()
        if word in everywhere
    )  # fmt: skip
    by_words = told / (sum(weights.values()) or 1.0)
    by_letters = _dice(_grams(draft.title), _grams(post.title_words))
    titles = _LETTERS_SHARE * by_letters + (1 - _LETTERS_SHARE) * by_words
    if not draft.body:
        return titles
    bodies = sum(word in everywhere for word in draft.body) / len(draft.body)
    return (1 - _BODY_SHARE) * titles + _BODY_SHARE * bodies


def _grams(words: str) -> set[str]:
    """The three neighbouring characters everywhere in a text, and where its words begin and end."""
    return {f"  {word} "[index : index + 3] for word in words.split() for index in range(len(word) + 1)}


def _dice(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / ((len(one) + len(other)) or 1)
