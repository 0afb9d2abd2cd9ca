"""Putting ballots on the log for a request, and sending answers without detours: the end of the hot path."""

from collections.abc import Iterable

import msgspec
from starlette.types import Send

from api.ballots import Ballot
from api.services import Services
from events.log.appender import Record
from events.position import Positions

encode = msgspec.json.Encoder().encode

_HEAD: list[tuple[bytes, bytes]] = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]


async def append(services: Services, ballots: Iterable[Ballot]) -> str:
    """Append ballots and return the token of where they stand, once all in-sync replicas have them.

    What goes to one partition goes in the order given, in one piece.

    Raises:
        AppendError: if that is not known of any of them; all of them may be sent again.
    """
    partitioned: dict[int, list[Record]] = {}
    for partition, record in ballots:
        partitioned.setdefault(partition, []).append(record)
    return Positions.after(await services.appender.append(partitioned.items())).token()


async def append_one(services: Services, ballot: Ballot) -> str:
    """The same for a single ballot."""
    return Positions.after([await services.appender.submit(ballot.partition, [ballot.record])]).token()


async def send_json(send: Send, answer: msgspec.Struct) -> None:
    """Answer 200 with a struct."""
    body = encode(answer)
    headers = [*_HEAD, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
