"""Putting what is said of persons and companies on the log, and forgetting them; and who may read of them."""

from collections.abc import Sequence

from starlette.requests import Request

from api import problems
from api.appending import append
from api.auth import check_sees_internal
from api.ballots import Ballot
from api.commands import carry_out
from api.idempotency import fact_id, idempotency_key
from api.people_bodies import CompanyBody, PeopleBody, PersonBody
from api.problems import Problem
from api.services import Services
from api.times import now
from api.waiting import PEOPLE
from events.domain.aggregates import A
from events.domain.commands import Command
from events.domain.directory import KeyEntry
from events.domain.execution import Saved
from events.identifying import When, described, identified, record_of, tombstone_of
from events.people import Kind, Subject
from events.position import Positions
from projections.clickhouse.query import Query as ViewQuery


class Saying:
    """What one request says of persons and companies, to be put on the log."""

    def __init__(self, services: Services, request: Request, key: KeyEntry) -> None:
        self._workspace = key.workspace
        self._retry_key = idempotency_key(request.scope)
        self._partitions = services.people.partitions
        self._present = now()

    def person(self, index: int, person: str, body: PersonBody) -> Ballot:
        """The record of what is said of a person. Raises `Invalid`."""
        when = self._when(index, "person", person, body)
        return Ballot(
            *record_of(identified(self._workspace, person, body.data(), when, self._present), self._partitions)
        )

    def company(self, company: str, body: CompanyBody) -> Ballot:
        """The record of what is said of a company. Raises `Invalid`."""
        when = self._when(0, "company", company, body)
        return Ballot(
            *record_of(described(self._workspace, company, body.data(), when, self._present), self._partitions)
        )

    def _when(self, index: int, kind: str, subject: str, body: PeopleBody) -> When:
        if body.id is None and self._retry_key is not None:
            return When(body.at, fact_id(self._workspace, self._retry_key, index, kind, subject))
        return When(body.at, body.id)


async def put_on_log(services: Services, records: list[Ballot]) -> str:
    """Append records to the topic `people`: the position after all of them.

    Raises:
        AppendError: if it is not known of any of them; all of them may be sent again.
    """
    return (await _put(services, records)).token()


async def _bury(services: Services, subject: Subject) -> Positions:
    """Put the tombstone that forgets somebody on the log. Raises AppendError as `put_on_log`."""
    return await _put(services, [Ballot(*tombstone_of(subject, services.people.partitions))])


async def _folded_own(services: Services) -> None:
    """Wait until the view has what this process put on the log, before it says that it knows nothing.

    Raises:
        Problem: 503 if that takes too long.
    """
    await services.progress.wait([PEOPLE], Positions(dict(services.people_written)))


async def known_row(services: Services, asked: ViewQuery, kind: Kind, id: str) -> Sequence[object]:
    """The one row of a query about a person or company.

    Raises:
        Problem: 404 if nothing is known.
    """
    rows = await services.view.rows(asked)
    if not rows:
        await _folded_own(services)
        rows = await services.view.rows(asked)
    if not rows:
        raise Problem.of_field(problems.NOT_FOUND, kind, f"nothing is known of {kind} {id!r}")
    return rows[0]


async def forget(
    services: Services, request: Request, key: KeyEntry, subject: Subject, command: Command[A]
) -> tuple[Saved[A], Positions]:
    """Have somebody forgotten, and decide so: the decision, and what a read that knows of both must have."""
    buried = await _bury(services, subject)
    saved = await carry_out(services, request, key, command)
    return saved, Positions({**buried.next_offsets, **Positions.after([saved.position]).next_offsets})


async def _put(services: Services, records: list[Ballot]) -> Positions:
    positions = Positions.from_token(await append(services, records, services.people))
    for partition, offset in positions.next_offsets.items():
        services.people_written[partition] = max(services.people_written.get(partition, 0), offset)
    return positions


def check_reads_people(key: KeyEntry) -> None:
    """Raises Problem 403 for a key that must not see what is known of persons and companies."""
    check_sees_internal(key, "what is known of persons and companies is")
