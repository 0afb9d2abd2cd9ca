"""The changelog: what was published, as a JSON Feed and as Atom, for products and for feed readers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, NamedTuple

import msgspec
from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from api import atom
from api.guard import KeyOf, ServicesOf, feed_router
from api.openapi import NOT_MODIFIED, PROBLEMS
from api.paging import page, read_key
from api.parameters import PageQuery
from api.reading import CachedAnswer, etag_of, folded, is_not_modified, not_modified
from api.services import Services
from api.waiting import POSTS, RELEASES
from events.position import Positions
from events.times import EARLIEST, format_time
from projections.releases import queries
from projections.releases.queries import ReleaseRow, ShippedPost

reads = feed_router("changelog")

JSON_FEED = "https://jsonfeed.org/version/1.1"
_READS = (RELEASES, POSTS)


class ReleasedPost(BaseModel):
    """A post that was shipped with a release."""

    model_config = ConfigDict(extra="forbid")

    post: str
    title: str
    status: str


class Groundswell(BaseModel):
    """What JSON Feed has no word for."""

    model_config = ConfigDict(extra="forbid")

    label: str
    posts: list[ReleasedPost]


class ChangelogItem(BaseModel):
    """A release. `content_text` is Markdown, as data."""

    model_config = ConfigDict(extra="forbid")

    id: str
    title: str
    content_text: str
    date_published: str
    date_modified: str
    tags: list[str]
    groundswell: Groundswell = Field(serialization_alias="_groundswell")


class Changelog(BaseModel):
    """Published releases, the one published last first: a JSON Feed of version 1.1."""

    model_config = ConfigDict(extra="forbid")

    version: str = Field(description="That of JSON Feed.")
    title: str
    feed_url: str
    next_url: str | None = Field(default=None, description="The next page; not there on the last one.")
    items: list[ChangelogItem]


class FeedResponse(Response):
    """A JSON Feed."""

    media_type = "application/feed+json"


class AtomResponse(Response):
    """An Atom document."""

    media_type = atom.MEDIA_TYPE


class _Page(NamedTuple):
    """A page of what was published, with what is shown of the posts, ready to be written in either form."""

    workspace: str
    releases: Sequence[ReleaseRow]
    posts: Mapping[str, ShippedPost]
    url: str
    next_url: str | None


@reads.get("/v1/changelog", response_model=Changelog, response_class=FeedResponse, responses=PROBLEMS | NOT_MODIFIED)
async def get_changelog(
    request: Request, services: ServicesOf, key: KeyOf, query: Annotated[PageQuery, Query()]
) -> Response:
    """Published releases, the one published last first, as a JSON Feed.

    A feed reader may send a key as the password of HTTP Basic authentication, with any user name.
    """
    return await _answer(request, services, key.workspace, query, FeedResponse, _json_feed)


@reads.get("/v1/changelog.atom", response_class=AtomResponse, responses=PROBLEMS | NOT_MODIFIED)
async def get_changelog_atom(
    request: Request, services: ServicesOf, key: KeyOf, query: Annotated[PageQuery, Query()]
) -> Response:
    """The same as Atom (RFC 4287)."""
    return await _answer(request, services, key.workspace, query, AtomResponse, _atom_feed)


async def _answer(
    request: Request,
    services: Services,
    workspace: str,
    query: PageQuery,
    kind: type[Response],
    write: Callable[[_Page], bytes],
) -> Response:
    after = read_key("changelog", query.cursor, tuple[int, str])
    needed = Positions({})
    if query.after is not None:
        needed = await folded(services.progress, _READS, query.after)
    url = str(request.url.remove_query_params("after"))
    question = (workspace, kind.media_type, url)
    answer = await services.changelogs.get(
        question,
        _asking(request, services, workspace, query, after, url, write),
        lambda kept: kept.position.covers(needed),
    )
    if is_not_modified(request, answer.etag):
        return not_modified(answer.etag)
    return kind(answer.body, headers={"etag": answer.etag, "cache-control": "private, no-cache"})


def _asking(
    request: Request,
    services: Services,
    workspace: str,
    query: PageQuery,
    after: tuple[int, str] | None,
    url: str,
    write: Callable[[_Page], bytes],
) -> Callable[[], Awaitable[CachedAnswer]]:
    async def ask() -> CachedAnswer:
        position = await folded(services.progress, _READS, None)
        database = services.view.database
        rows = await services.view.rows(
            queries.changelog_query(database, workspace, limit=query.limit + 1, after=after)
        )
        items, cursor = page("changelog", rows, ReleaseRow, query.limit, _place)
        following = None if cursor is None else str(request.url.include_query_params(cursor=cursor))
        body = write(_Page(workspace, items, await _posts(services, workspace, items), url, following))
        return CachedAnswer(body, etag_of(body), position)

    return ask


def _place(row: ReleaseRow) -> tuple[int, str]:
    assert row.published_at is not None, "it is published"
    return row.published_at, row.release


async def _posts(services: Services, workspace: str, releases: Sequence[ReleaseRow]) -> Mapping[str, ShippedPost]:
    """What is shown of the releases' posts: deleted ones are not."""
    wanted = sorted({post for release in releases for post in release.posts})
    if not wanted:
        return {}
    rows = await services.view.rows(queries.shipped_posts_query(services.view.database, workspace, wanted))
    return {row.post: row for row in (msgspec.convert(row, ShippedPost) for row in rows)}


def _json_feed(page: _Page) -> bytes:
    feed = Changelog(
        version=JSON_FEED,
        title=_title(page.workspace),
        feed_url=page.url,
        next_url=page.next_url,
        items=[_item(page, release) for release in page.releases],
    )
    return feed.model_dump_json(by_alias=True, exclude_none=True).encode()


def _item(page: _Page, release: ReleaseRow) -> ChangelogItem:
    shown = [page.posts[post] for post in release.posts if post in page.posts]
    return ChangelogItem(
        id=_id(page.workspace, release.release),
        title=release.title,
        content_text=release.body,
        date_published=_published(release),
        date_modified=format_time(release.updated_at),
        tags=_tags(release),
        groundswell=Groundswell(
            label=release.label,
            posts=[ReleasedPost(post=post.post, title=post.title, status=post.status) for post in shown],
        ),
    )


def _atom_feed(page: _Page) -> bytes:
    updated = max((release.updated_at for release in page.releases), default=EARLIEST)
    return atom.atom(
        atom.Feed(
            id=_id(page.workspace),
            title=_title(page.workspace),
            author=page.workspace,
            url=page.url,
            next_url=page.next_url,
            updated=format_time(updated),
            entries=[_entry(page, release) for release in page.releases],
        )
    )


def _entry(page: _Page, release: ReleaseRow) -> atom.Entry:
    titles = [page.posts[post].title for post in release.posts if post in page.posts]
    shipped = "\n".join(f"- {title}" for title in titles)
    return atom.Entry(
        id=_id(page.workspace, release.release),
        title=release.title,
        content="\n\n".join(filter(None, (release.body, shipped))),
        published=_published(release),
        updated=format_time(release.updated_at),
        categories=_tags(release),
    )


def _tags(release: ReleaseRow) -> list[str]:
    return [release.label] if release.label else []


def _published(release: ReleaseRow) -> str:
    return format_time(_place(release)[0])


def _title(workspace: str) -> str:
    return f"{workspace}: changelog"


def _id(workspace: str, release: str = "") -> str:
    """Never changes, wherever the feed is read from."""
    return f"urn:groundswell:changelog:{workspace}" + (f":{release}" if release else "")
