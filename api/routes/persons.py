"""Persons: what is known of one, and was; saying it, forgetting it; and what one person stands on."""

from typing import Annotated

import msgspec
from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from api.answers import people as answers
from api.answers.votes import PersonsVote, PersonsVotes
from api.guard import KeyOf, ServicesOf, admin_router, ingest_router, read_router
from api.identifying import Saying, check_reads_people, forget, known_row, put_on_log
from api.openapi import PROBLEMS
from api.paging import page, read_key
from api.parameters import AfterQuery, PageQuery, PersonPath
from api.people_bodies import Forget, PersonBody, PersonsBody
from api.reading import folded, json_response
from api.waiting import PEOPLE, VOTES
from events.domain.forgetting.commands import ForgetPerson
from events.domain.post_entries import PostEntry
from events.people import Subject
from events.times import Millis, format_time
from projections.people import queries as people
from projections.votes import queries

reads = read_router("persons")
writes = ingest_router("persons")
decisions = admin_router("persons")


class PersonsQuery(PageQuery):
    """One page of persons."""

    company: Annotated[str | None, Query(description="Only persons of this company.", max_length=64)] = None


@writes.put("/v1/persons/{person}", response_model=answers.IdentifiedPerson, responses=PROBLEMS)
async def identify_person(
    request: Request, services: ServicesOf, key: KeyOf, person: PersonPath, body: PersonBody
) -> Response:
    """Say what is so of a person: what is left out stays as it was, null takes it away.

    Names and addresses are kept here only, never with votes. The id stays a pseudonym: no address, no name.
    """
    position = await put_on_log(services, [Saying(services, request, key).person(0, person, body)])
    return json_response(answers.IdentifiedPerson(person=person, position=position))


@writes.post("/v1/persons:batch", response_model=answers.IdentifiedPersons, responses=PROBLEMS)
async def identify_persons(request: Request, services: ServicesOf, key: KeyOf, body: PersonsBody) -> Response:
    """Say what is so of up to 1,000 persons: all of it is taken, or none."""
    saying = Saying(services, request, key)
    records = [saying.person(index, item.person, item) for index, item in enumerate(body.persons)]
    position = await put_on_log(services, records)
    return json_response(answers.IdentifiedPersons(accepted=len(records), position=position))


@reads.get("/v1/persons", response_model=answers.Persons, responses=PROBLEMS)
async def list_persons(services: ServicesOf, key: KeyOf, query: Annotated[PersonsQuery, Query()]) -> Response:
    """Persons by id. For keys of role admin, and those made with `--internal`."""
    check_reads_people(key)
    after = read_key("persons", query.cursor, tuple[str])
    position = await folded(services.progress, [PEOPLE], query.after)
    rows = await services.view.rows(
        people.subjects_query(
            services.view.database, key.workspace, "person", limit=query.limit + 1, after=after[0] if after else "",
            company=query.company,
        )
    )  # fmt: skip
    items, next_cursor = page("persons", rows, people.PersonRow, query.limit, lambda row: (row.person,))
    return json_response(
        answers.Persons(items=[_person(row) for row in items], next_cursor=next_cursor, position=position.token())
    )


@reads.get("/v1/persons/{person}", response_model=answers.PersonNow, responses=PROBLEMS)
async def get_person(
    services: ServicesOf, key: KeyOf, person: PersonPath, query: Annotated[AfterQuery, Query()]
) -> Response:
    """What is known of a person. For keys of role admin, and those made with `--internal`."""
    check_reads_people(key)
    position = await folded(services.progress, [PEOPLE], query.after)
    asked = people.subject_query(services.view.database, key.workspace, "person", person)
    row = await known_row(services, asked, "person", person)
    known = _person(msgspec.convert(row, people.PersonRow))
    return json_response(answers.PersonNow(**known.model_dump(), position=position.token()))


@decisions.delete("/v1/persons/{person}", response_model=answers.ForgottenPerson, responses=PROBLEMS)
async def forget_person(
    request: Request, services: ServicesOf, key: KeyOf, person: PersonPath, query: Forget
) -> Response:
    """Forget a person: name, address, plan, spend and traits go from every table, state and file, and never come back.

    Votes stay under the pseudonym, and count as before. What happened before is forgotten too where it arrives later;
    what is said of the person afterwards is known again.
    """
    command = ForgetPerson(workspace=key.workspace, person=person, reason=query.reason)
    saved, position = await forget(services, request, key, Subject(key.workspace, "person", person), command)
    return json_response(
        answers.ForgottenPerson(
            person=person, reason=query.reason, forgotten_at=saved.aggregate.at, position=position.token()
        )
    )


@reads.get("/v1/persons/{person}/history", response_model=answers.PersonHistory, responses=PROBLEMS)
async def list_persons_history(
    services: ServicesOf, key: KeyOf, person: PersonPath, query: Annotated[PageQuery, Query()]
) -> Response:
    """What was so of a person, from when on. For keys of role admin, and those made with `--internal`."""
    check_reads_people(key)
    after = read_key("person-history", query.cursor, tuple[Millis, int])
    position = await folded(services.progress, [PEOPLE], query.after)
    rows = await services.view.rows(
        people.past_query(services.view.database, key.workspace, "person", person, limit=query.limit + 1, after=after)
    )
    items, next_cursor = page(
        "person-history", rows, people.PastRow, query.limit, lambda row: (row.occurred_at, row.offset)
    )
    return json_response(
        answers.PersonHistory(items=[_past(row) for row in items], next_cursor=next_cursor, position=position.token())
    )


@reads.get("/v1/persons/{person}/votes", response_model=PersonsVotes, responses=PROBLEMS)
async def list_persons_votes(
    services: ServicesOf, key: KeyOf, person: PersonPath, query: Annotated[PageQuery, Query()]
) -> Response:
    """What a person stands on, by post; empty for one that never voted.

    Deleted posts are left out, so that a page may hold fewer than `limit`; `next_cursor` says whether there are more.
    """
    directory, workspace = services.directory, key.workspace
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
            items=[
                _item(row, directory.post(workspace, row.post))
                for row in items
                if directory.deleted_post(workspace, row.post) is None
            ],
            next_cursor=next_cursor,
            position=position.token(),
        )
    )


def spend(amount: int, currency: str) -> answers.SpendAnswer | None:
    """What is paid; None where nothing is known."""
    return answers.SpendAnswer(amount=amount, currency=currency) if currency else None


def traits(text: str) -> dict[str, answers.Trait]:
    """The traits of a row."""
    return msgspec.json.decode(text, type=dict[str, answers.Trait])


def _person(row: people.PersonRow) -> answers.PersonAnswer:
    return answers.PersonAnswer(
        person=row.person,
        name=row.name or None,
        email=row.email or None,
        company=row.company or None,
        plan=row.plan or None,
        spend=spend(row.spend, row.currency),
        traits=traits(row.traits),
        first_seen=format_time(row.first_seen),
        updated_at=format_time(row.updated_at),
    )


def _past(row: people.PastRow) -> answers.PersonPast:
    return answers.PersonPast(
        occurred_at=format_time(row.occurred_at),
        recorded_at=format_time(row.recorded_at),
        company=row.company or None,
        plan=row.plan or None,
        spend=spend(row.spend, row.currency),
        traits=traits(row.traits),
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
        counted=row.counted,
        via=row.via or None,
    )
