"""One person's vote on one post: cast it, withdraw it. A hot route: msgspec from end to end, no pydantic."""

from typing import Literal

import msgspec
from starlette.types import Receive, Scope, Send

from api import problems
from api.appending import append_one, send_json
from api.ballots import Ballot, BallotMaker, Refused, Vote
from api.bodies import media_type, read_body
from api.decoding import decode_body
from api.guard import refuse_query
from api.idempotency import idempotency_key
from api.problems import Problem
from api.services import Services

PATH = "/v1/posts/{post}/votes/{person}"
_IN_PATH = ("post", "person")


class VoteBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How somebody votes: `at` is when (default: now), `id` the event's identity, `by` who does it for them."""

    value: Literal[1, -1] = 1
    importance: Literal[1, 2, 3] = 1
    at: str | None = None
    id: str | None = None
    by: str | None = None


class Withdrawal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a vote was withdrawn (default: now), the event's identity, who does it for them."""

    at: str | None = None
    id: str | None = None
    by: str | None = None


class VoteAnswer(msgspec.Struct, frozen=True):
    """What now stands: `value` 0 and `importance` 0 where the vote is withdrawn."""

    post: str
    person: str
    value: Literal[1, -1, 0]
    importance: Literal[0, 1, 2, 3]
    position: str


_vote_decoder = msgspec.json.Decoder(VoteBody)
_withdrawal_decoder = msgspec.json.Decoder(Withdrawal)


class OneVote:
    """The ASGI endpoint of `PUT` and `DELETE`."""

    path = PATH

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises what `api.failures` answers."""
        services = self._services
        key = await services.keys.authenticate(scope, "ingest")
        vote = await self._vote(scope, receive)
        retry_key = idempotency_key(scope)
        maker = BallotMaker(services.directory, key.workspace, services.appender.partitions, retry_key)
        try:
            ballot = maker.make(0, vote)
        except Refused as refused:
            ballot = await self._make_again(maker, vote, refused)
        position = await append_one(services, ballot)
        services.metrics.accepted.inc()
        importance = vote.importance if vote.value else 0
        await send_json(send, VoteAnswer(vote.post, vote.person, vote.value, importance, position))

    async def _vote(self, scope: Scope, receive: Receive) -> Vote:
        body = await read_body(scope, receive, self._services.settings.max_body_bytes)
        if body:
            media_type(scope)
        where = scope["path_params"]
        post, person = where["post"], where["person"]
        if scope["method"] == "PUT":
            refuse_query(scope)
            cast = decode_body(body, _vote_decoder)
            return Vote(post, person, cast.value, cast.importance, cast.at, cast.id, cast.by)
        asked = refuse_query(scope, ("at", "id", "by"))
        withdrawal = decode_body(body, _withdrawal_decoder)
        at, event_id, by = (asked.get(name, getattr(withdrawal, name)) for name in ("at", "id", "by"))
        return Vote(post, person, 0, 1, at, event_id, by)

    async def _make_again(self, maker: BallotMaker, vote: Vote, refused: Refused) -> Ballot:
        """A post or its reopening may be newer than what this process has followed."""
        if refused.missing or refused.closed:
            await self._services.directory.catch_up()
            try:
                return maker.make(0, vote)
            except Refused as still:
                refused = still
        self._services.metrics.rejected.inc()
        kind = problems.MALFORMED if refused.field in _IN_PATH else problems.INVALID
        if refused.missing:
            kind = problems.NOT_FOUND
        elif refused.closed:
            kind = problems.CLOSED
        raise Problem.of_field(kind, refused.field, refused.message)
