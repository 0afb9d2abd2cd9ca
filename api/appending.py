"""Putting ballots on the log for a request, and sending answers without detours: the end of the hot path."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from starlette.types import Send

from api.ballots import Ballot
from api.services import Services
from events import tracing
from events.log.appender import Appender, AppendError, Record
from events.position import Positions

encode = msgspec.json.Encoder().encode

_HEAD: list[tuple[bytes, bytes]] = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]


async def append(services: Services, ballots: Iterable[Ballot], appender: Appender | None = None) -> str:
    """Append ballots, or records of what this appender appends to, and return the token of where they stand.

    By then all in-sync replicas have them. What goes to one partition goes in the order given, in one piece.

    Raises:
        AppendError: if that is not known of any of them; all of them may be sent again.
    """
    partitioned: dict[int, list[Record]] = {}
    for partition, record in ballots:
        partitioned.setdefault(partition, []).append(record)
    appender = appender or services.appender
    if tracing.on():
        return await _append_traced(services, appender, partitioned)
    return await _append(services, appender, partitioned)


async def append_one(services: Services, ballot: Ballot, appender: Appender | None = None) -> str:
    """The same for a single record, of the ballots or of what this appender appends to."""
    appender = appender or services.appender
    if tracing.on():
        return await _append_traced(services, appender, {ballot.partition: [ballot.record]})
    try:
        return Positions.after([await appender.submit(ballot.partition, [ballot.record])]).token()
    except AppendError:
        services.metrics.append_failures.inc()
        raise


async def _append(services: Services, appender: Appender, partitioned: Mapping[int, Sequence[Record]]) -> str:
    try:
        return Positions.after(await appender.append(partitioned.items())).token()
    except AppendError:
        services.metrics.append_failures.inc()
        raise


async def _append_traced(services: Services, appender: Appender, partitioned: Mapping[int, Sequence[Record]]) -> str:
    """Within a span. Its context goes on with the last record of each partition: once that is in a view, all are."""
    topic = appender.topic
    attributes: dict[str, tracing.Attribute] = {
        "messaging.system": "kafka",
        "messaging.destination.name": topic,
        "messaging.batch.message_count": sum(map(len, partitioned.values())),
    }
    with tracing.span(f"append {topic}", "producer", attributes):
        headers = tracing.headers()
        marked = {
            partition: [*records[:-1], records[-1]._replace(headers=headers)]
            for partition, records in partitioned.items()
        }
        return await _append(services, appender, marked)


async def send_json(send: Send, answer: msgspec.Struct) -> None:
    """Answer 200 with a struct."""
    body = encode(answer)
    headers = [*_HEAD, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
