"""What one person stands on."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from api.answers import PersonsVote, PersonsVotes
from api.guard import KeyOf, ServicesOf, read_router
from api.openapi import PROBLEMS
from api.paging import page, read_key
from api.parameters import PageQuery, PersonPath
from api.reading import folded, json_response
from api.waiting import VOTES
from events.domain.post_entries import PostEntry
from events.times import format_time
from projections.votes import queries

reads = read_router("persons")


@reads.get("/v1/persons/{person}/votes", response_model=PersonsVotes, responses=PROBLEMS)
async def list_persons_votes(
    services: ServicesOf, key: KeyOf, person: PersonPath, query: Annotated[PageQuery, Query()]
) -> Response:
    """What a person stands on, by post; empty for one that never voted."""
    after = read_key("persons-votes", query.cursor, tuple[str])
    position = await folded(services.progress, [VOTES], query.after)
    rows = await services.view.rows(
        queries.person_query(
            services.view.database, key.workspace, person, limit=query.limit + 1, after=after[0] if after else ""
        )
    )
    items, next_cursor = page("persons-votes", rows, queries.PersonsVote, query.limit, lambda row: (row.post,))
    return json_response(
        PersonsVotes(
            items=[_item(row, services.directory.post(key.workspace, row.post)) for row in items],
            next_cursor=next_cursor,
            position=position.token(),
        )
    )


def _item(row: queries.PersonsVote, post: PostEntry | None) -> PersonsVote:
    return PersonsVote(
        post=row.post,
        title=None if post is None else post.title,
        board=None if post is None else post.board,
        value=row.value,
        importance=row.importance,
        since=format_time(row.since),
        recorded_at=format_time(row.recorded_at),
        by=row.by or None,
    )
