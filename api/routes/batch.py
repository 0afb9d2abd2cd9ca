"""Many votes in one request, an answer for each that is not taken. A hot route: no pydantic."""

import asyncio

import msgspec
from starlette.types import Receive, Scope, Send

from api.appending import append, send_json
from api.ballots import Ballot, BallotMaker, ItemError, Refused
from api.bodies import JSON, NDJSON, media_type, read_body
from api.decoding import Decoded, decode_batch, decode_lines
from api.guard import refuse_query
from api.idempotency import idempotency_key
from api.services import Services

PATH = "/v1/votes:batch"
_SLICE = 1000
"""Between so many votes other requests get their turn."""


class BatchAnswer(msgspec.Struct, frozen=True):
    """The accepted ones are on the log whatever the others were; `position` includes them all."""

    accepted: int
    rejected: int
    errors: list[ItemError]
    position: str


class ManyVotes:
    """The ASGI endpoint of `POST`."""

    path = PATH

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises what `api.failures` answers."""
        services = self._services
        key = await services.keys.authenticate(scope, "ingest")
        refuse_query(scope)
        retry_key = idempotency_key(scope)
        kind = media_type(scope, (JSON, NDJSON))
        body = await read_body(scope, receive, services.settings.max_body_bytes)
        decoded = decode_lines(body) if kind == NDJSON else decode_batch(body)
        maker = BallotMaker(services.directory, key.workspace, services.appender.partitions, retry_key)
        if maker.in_doubt(vote for _, vote in decoded.votes):
            await services.directory.catch_up()
        ballots, errors = await _make_all(maker, decoded)
        position = await append(services, ballots)
        services.metrics.accepted.inc(len(ballots))
        services.metrics.rejected.inc(len(errors))
        await send_json(send, BatchAnswer(len(ballots), len(errors), errors, position))


async def _make_all(maker: BallotMaker, decoded: Decoded) -> tuple[list[Ballot], list[ItemError]]:
    """The ballots in the order of the votes, and what is wrong with the others in that order."""
    ballots: list[Ballot] = []
    errors = list(decoded.errors)
    for start in range(0, len(decoded.votes), _SLICE):
        if start:
            await asyncio.sleep(0)
        for index, vote in decoded.votes[start : start + _SLICE]:
            try:
                ballots.append(maker.make(index, vote))
            except Refused as refused:
                errors.append(ItemError(index, refused.field, refused.message))
    errors.sort(key=lambda error: error.index)
    return ballots, errors
