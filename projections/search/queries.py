"""Searching posts: which ones, by key and in order, and what is shown of them.

A post is found by its words (see `projections.search.words`). Those with more of the asked words come first, then those
with more of them in the title, then the newer ones. So whoever has all of them comes before all others, and a page of
those is read by itself, at the price of the text index.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from events.times import Millis
from projections.clickhouse.query import Parameter, Query
from projections.clickhouse.schema import qualify
from projections.posts.filters import PostFilter, conditions
from projections.ranking import tallies

MOST_WORDS = 16
"""How many words can be asked for at once."""

_A_WORD = 100
"""What a word that is found is worth, beside one for its being in the title."""

_IN_TITLE = "length(arrayIntersect(splitByChar(' ', title_words), {words:Array(String)}))"
_COUNTED = "length(arrayIntersect(words, {words:Array(String)}))"
_KEYS = "workspace = {workspace:String} AND post IN {posts:Array(String)}"


class Found(NamedTuple):
    """A post's place in an order: `value` from high to low, then `created` from late to early, then `post`."""

    post: str
    value: int
    created: Millis


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for, and where: distinct words, and perhaps the place where the page before ended."""

    workspace: str
    words: tuple[str, ...]
    only: PostFilter = PostFilter()
    after: Found | None = None

    @property
    def complete(self) -> int:
        """The least value of a post that has all words."""
        return _A_WORD * len(self.words)


class FoundPost(NamedTuple):
    """What is shown of a post that was found; `title_words` and `words` to compare it by, where they were asked for."""

    post: str
    board: str
    title: str
    status: str
    created_at: Millis
    score: int
    voters: int
    title_words: str
    words: Sequence[str]


def search_query(database: str, search: Search, *, complete: bool, limit: int) -> Query:
    """Rows of `Found`: posts with all words (`complete`), or those with some of them."""
    where, bound = conditions(search.only)
    parameters: dict[str, Parameter] = {"workspace": search.workspace, "words": list(search.words), "limit": limit}
    parameters |= bound
    if complete:
        where.append("hasAllTokens(words, {words:Array(String)})")
        found = str(len(search.words))
    else:
        where += ["hasAnyTokens(words, {words:Array(String)})", "NOT hasAllTokens(words, {words:Array(String)})"]
        found = _COUNTED if len(search.words) > 2 else "1"  # some of two is one
    after = "1"
    if (last := search.after) is not None:
        after = "(-value, -created, post) > (-{value:Int64}, -{created:Int64}, {last:String})"
        parameters |= {"value": last.value, "created": last.created, "last": last.post}
    sql = f"""SELECT post, value, created FROM (
  SELECT post, toInt64({found}) * {_A_WORD} + {_IN_TITLE} AS value, toUnixTimestamp64Milli(created_at) AS created
  FROM <post_words> WHERE workspace = {{workspace:String}} AND {" AND ".join(where)}
)
WHERE {after} ORDER BY value DESC, created DESC, post LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def details_query(database: str, workspace: str, posts: Sequence[str], *, compared: bool = False) -> Query:
    """Rows of `FoundPost`, in any order; of those that are gone meanwhile there is none.

    Their words, which cost most of all to read, are there only where they are to be `compared`.
    """
    words = "words.title_words, words.words" if compared else "'', emptyArrayString()"
    sql = f"""SELECT words.post, words.board, post.title, words.status, toUnixTimestamp64Milli(words.created_at),
  toInt64(tally.up) - toInt64(tally.down), tally.up + tally.down, {words}
FROM (SELECT * FROM <post_words> WHERE {_KEYS}) AS words
JOIN (SELECT post, title FROM <posts> WHERE {_KEYS}) AS post ON post.post = words.post
LEFT JOIN ({tallies.live(where=_KEYS)}) AS tally ON tally.post = words.post"""
    return Query(qualify(sql, database), {"workspace": workspace, "posts": list(posts)})
