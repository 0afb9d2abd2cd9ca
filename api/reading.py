"""What reads have in common: waiting for `after`, answering with a position, ETags, pages."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from api.waiting import Progress
from events.position import Positions


class CachedAnswer(NamedTuple):
    """An answer ready to be sent, its ETag, and what the view had folded before it was asked."""

    body: bytes
    etag: str
    position: Positions


class CachedPage(NamedTuple):
    """The same of a page for people, with the Content-Security-Policy that holds for it."""

    body: bytes
    etag: str
    position: Positions
    policy: str


def json_response(model: BaseModel, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer of ours as JSON."""
    body = model.model_dump_json().encode()
    return Response(body, status, {"cache-control": "private, no-cache", **(headers or {})}, "application/json")


def etag_of(*parts: bytes) -> str:
    """A weak ETag: the same where the parts are the same."""
    digest = hashlib.blake2b(b"\0".join(parts), digest_size=12).hexdigest()
    return f'W/"{digest}"'


def is_not_modified(request: Request, etag: str) -> bool:
    """Whether the client says that it has this already (`If-None-Match`, compared weakly)."""
    known = request.headers.get("if-none-match")
    if known is None:
        return False
    if known.strip() == "*":
        return True
    plain = etag.removeprefix("W/")
    return any(tag.strip().removeprefix("W/") == plain for tag in known.split(","))


def not_modified(etag: str) -> Response:
    """304, which carries no body."""
    return Response(status_code=304, headers={"etag": etag, "cache-control": "private, no-cache"})


async def folded(progress: Progress, projections: Sequence[str], after: str | None) -> Positions:
    """What the views have folded, once that includes `after`.

    Raises:
        Problem: 503 if that takes too long.
    """
    if after is None:
        look = await progress.look()
    else:
        look = await progress.wait(projections, await progress.read_after(projections, after))
    return look.of(projections)
