"""Answers that are kept for a moment: asked once for all who ask the same, with an ETag, never older than `after`."""

from collections.abc import Awaitable, Callable, Hashable, Sequence

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from api.caching import Cache
from api.reading import CachedAnswer, etag_of, is_not_modified, not_modified
from api.waiting import Progress
from events.position import Positions


async def remembered(
    request: Request,
    cache: Cache[CachedAnswer],
    question: Hashable,
    needed: Positions,
    ask: Callable[[], Awaitable[CachedAnswer]],
) -> Response:
    """The answer to a question, from memory where that has what is needed; 304 for who has it already.

    `question` names the route, too: all routes' answers may be in one cache. Who may ask is checked before.
    """
    answer = await cache.get(question, ask, lambda kept: kept.position.covers(needed))
    if is_not_modified(request, answer.etag):
        return not_modified(answer.etag)
    headers = {"etag": answer.etag, "cache-control": "private, no-cache"}
    return Response(answer.body, 200, headers, "application/json")


async def needed_for(progress: Progress, reads: Sequence[str], after: str | None) -> Positions:
    """Wait until the views include `after`; what of it an answer must include.

    Raises:
        Problem: 503 if that takes too long.
    """
    if after is None:
        return Positions({})
    token = await progress.read_after(reads, after)
    await progress.wait(reads, token)
    needed = progress.needed(reads, token).values()
    return Positions({partition: at for positions in needed for partition, at in positions.next_offsets.items()})


def kept_answer(answer: BaseModel, position: Positions, moving: Sequence[str] = ()) -> CachedAnswer:
    """An answer as it is kept. What is `moving` (and the position) is another at every moment, and not in the ETag."""
    content = answer.model_dump_json(exclude={"position", *moving}).encode()
    return CachedAnswer(answer.model_dump_json().encode(), etag_of(content), position)
