"""Searching posts by words, and posts that say nearly the same as one that is being written."""

import hashlib
from collections.abc import Sequence
from typing import Annotated

import msgspec
from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.responses import Response

from api import problems
from api.answers.search import FoundPost as FoundPostAnswer
from api.answers.search import FoundPosts, SimilarPost, SimilarPosts
from api.filters import FilterQuery, filter_of
from api.guard import KeyOf, ServicesOf, read_router
from api.openapi import PROBLEMS
from api.paging import read_key
from api.parameters import ID, AfterQuery, BoardFilter
from api.problems import Problem
from api.reading import folded, json_response
from api.services import Services
from api.waiting import POSTS, VOTES
from events.domain.bounds import BODY_CHARACTERS, TITLE_CHARACTERS, check_line, check_text
from events.domain.refusals import Invalid
from events.times import format_time
from projections.cursor import cursor_token
from projections.posts.filters import PostFilter
from projections.search import queries
from projections.search.queries import MOST_WORDS, Found, FoundPost, Search
from projections.search.similar import Candidate, Draft, candidates_query, most_similar, weights_of
from projections.search.words import asked_words

reads = read_router("search")

ASKED_CHARACTERS = 200
QUERY_BODY_CHARACTERS = 2000
MOST_SIMILAR = 20

_EXAMPLE: dict[str, JsonValue] = {"title": "Drak mode please", "body": "My eyes hurt at night.", "board": "ideas"}
_READS = (VOTES, POSTS)


class SearchQuery(FilterQuery):
    """One page of what is found."""

    q: Annotated[
        str,
        Field(
            max_length=ASKED_CHARACTERS,
            description=f"What is looked for: {MOST_WORDS} words at most.",
            examples=["dark mode"],
        ),
    ]


class SimilarBody(BaseModel):
    """A post that is being written, as far as it is."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_EXAMPLE]})

    title: str = Field(max_length=TITLE_CHARACTERS)
    body: str = Field("", max_length=BODY_CHARACTERS)
    board: str | None = Field(None, pattern=ID)
    limit: int = Field(5, ge=1, le=MOST_SIMILAR)


class SimilarQuery(AfterQuery):
    """The same in a query, for short ones."""

    title: Annotated[str, Field(max_length=TITLE_CHARACTERS, description="Its title.", examples=["Drak mode"])]
    body: Annotated[str, Field(max_length=QUERY_BODY_CHARACTERS, description="Its text; longer ones by POST.")] = ""
    board: BoardFilter = None
    limit: Annotated[int, Field(ge=1, le=MOST_SIMILAR, description="How many at most.", examples=[5])] = 5


@reads.get("/v1/search", response_model=FoundPosts, responses=PROBLEMS)
async def search_posts(services: ServicesOf, key: KeyOf, query: Annotated[SearchQuery, Query()]) -> Response:
    """Posts that have these words in their title or body, in any case and with any accents.

    Those with all words come first, then those with more of them in the title, then the newer ones. Archived, deleted
    and merged posts are not found.
    """
    words = _asked(query.q)
    kind = f"search {hashlib.blake2b(' '.join(words).encode(), digest_size=6).hexdigest()}"
    after = read_key(kind, query.cursor, tuple[str, int, int])
    only = await filter_of(services.directory, key.workspace, query)
    search = Search(
        workspace=key.workspace, words=words, only=only, after=None if after is None else Found(*after)
    )  # fmt: skip
    position = await folded(services.progress, _READS, query.after)
    found = await _find(services, search, query.limit + 1)
    page = found[: query.limit]
    shown = await _details(services, key.workspace, [each.post for each in page])
    answer = FoundPosts(
        items=[_found(shown[each.post]) for each in page if each.post in shown],
        next_cursor=cursor_token(kind, tuple(page[-1])) if len(found) > query.limit else None,
        position=position.token(),
    )
    return json_response(answer)


@reads.get("/v1/posts:similar", response_model=SimilarPosts, responses=PROBLEMS)
async def get_similar(services: ServicesOf, key: KeyOf, query: Annotated[SimilarQuery, Query()]) -> Response:
    """Posts that say nearly the same as one that is being written: typos and other endings cost little."""
    try:
        _check_draft(query.title, query.body)
    except Invalid as refusal:
        raise Problem.of_field(problems.MALFORMED, refusal.field, refusal.message) from refusal
    draft = Draft.of(query.title, query.body)
    return await _similar(services, key.workspace, draft, query.board, query.limit, query.after)


@reads.post("/v1/posts:similar", response_model=SimilarPosts, responses=PROBLEMS)
async def post_similar(services: ServicesOf, key: KeyOf, body: SimilarBody) -> Response:
    """The same for texts that are too long for a query. It writes nothing."""
    _check_draft(body.title, body.body)
    return await _similar(services, key.workspace, Draft.of(body.title, body.body), body.board, body.limit, None)


def _asked(text: str) -> tuple[str, ...]:
    try:
        check_line("q", text, least=1, most=ASKED_CHARACTERS)
    except Invalid as refusal:
        raise Problem.of_field(problems.MALFORMED, refusal.field, refusal.message) from refusal
    words = tuple(asked_words(text))
    if not words:
        raise Problem.of_field(problems.MALFORMED, "q", "there is no word in it: letters or digits")
    if len(words) > MOST_WORDS:
        raise Problem.of_field(problems.MALFORMED, "q", f"may have {MOST_WORDS} words at most; it has {len(words)}")
    return words


def _check_draft(title: str, body: str) -> None:
    check_line("title", title, most=TITLE_CHARACTERS)
    check_text("body", body, most=BODY_CHARACTERS)


async def _find(services: Services, search: Search, limit: int) -> Sequence[Found]:
    """Posts with all words, then, where those are not enough, those with some."""
    found: list[Found] = []
    if search.after is None or search.after.value >= search.complete:
        found += await _rows(services, search, complete=True, limit=limit)
        if len(found) < limit and len(search.words) > 1:
            rest = msgspec.structs.replace(search, after=None)
            found += await _rows(services, rest, complete=False, limit=limit - len(found))
    else:
        found += await _rows(services, search, complete=False, limit=limit)
    return found


async def _rows(services: Services, search: Search, *, complete: bool, limit: int) -> Sequence[Found]:
    query = queries.search_query(services.view.database, search, complete=complete, limit=limit)
    return [msgspec.convert(row, Found) for row in await services.view.rows(query)]


async def _details(
    services: Services, workspace: str, posts: Sequence[str], *, compared: bool = False
) -> dict[str, FoundPost]:
    if not posts:
        return {}
    query = queries.details_query(services.view.database, workspace, posts, compared=compared)
    rows = await services.view.rows(query)
    found = [msgspec.convert(row, FoundPost) for row in rows]
    return {each.post: each for each in found}


async def _similar(
    services: Services, workspace: str, draft: Draft, board: str | None, limit: int, after: str | None
) -> Response:
    position = await folded(services.progress, _READS, after)
    items: list[SimilarPost] = []
    if draft.words:
        query = candidates_query(services.view.database, workspace, draft, PostFilter(board=board))
        candidates = [msgspec.convert(row, Candidate) for row in await services.view.rows(query)]
        shown = await _details(services, workspace, list({each.post: None for each in candidates}), compared=True)
        alike = most_similar(draft, weights_of(draft, candidates), shown.values(), limit=limit)
        items = [SimilarPost(**_found(each.found).model_dump(), likeness=each.likeness) for each in alike]
    return json_response(SimilarPosts(items=items, position=position.token()))


def _found(post: FoundPost) -> FoundPostAnswer:
    return FoundPostAnswer(
        post=post.post,
        board=post.board,
        title=post.title,
        status=post.status,
        score=post.score,
        voters=post.voters,
        created_at=format_time(post.created_at),
    )
