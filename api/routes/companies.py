"""Companies: what is known of one, and was; saying it, and forgetting it."""

from typing import Annotated

import msgspec
from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response

from api.answers import people as answers
from api.guard import KeyOf, ServicesOf, admin_router, ingest_router, read_router
from api.identifying import Saying, check_reads_people, forget, known_row, put_on_log
from api.openapi import PROBLEMS
from api.paging import page, read_key
from api.parameters import ID, AfterQuery, PageQuery
from api.people_bodies import CompanyBody, Forget
from api.reading import folded, json_response
from api.routes.persons import spend, traits
from api.waiting import PEOPLE
from events.domain.forgetting.commands import ForgetCompany
from events.people import Subject
from events.times import Millis, format_time
from projections.people import queries

reads = read_router("companies")
writes = ingest_router("companies")
decisions = admin_router("companies")

CompanyPath = Annotated[str, Path(pattern=ID, description="The company's id.", examples=["globex"])]


@writes.put("/v1/companies/{company}", response_model=answers.DescribedCompany, responses=PROBLEMS)
async def describe_company(
    request: Request, services: ServicesOf, key: KeyOf, company: CompanyPath, body: CompanyBody
) -> Response:
    """Say what is so of a company: what is left out stays as it was, null takes it away."""
    position = await put_on_log(services, [Saying(services, request, key).company(company, body)])
    return json_response(answers.DescribedCompany(company=company, position=position))


@reads.get("/v1/companies", response_model=answers.Companies, responses=PROBLEMS)
async def list_companies(services: ServicesOf, key: KeyOf, query: Annotated[PageQuery, Query()]) -> Response:
    """Companies by id. For keys of role admin, and those made with `--internal`."""
    check_reads_people(key)
    after = read_key("companies", query.cursor, tuple[str])
    position = await folded(services.progress, [PEOPLE], query.after)
    rows = await services.view.rows(
        queries.subjects_query(
            services.view.database, key.workspace, "company", limit=query.limit + 1, after=after[0] if after else ""
        )
    )
    items, next_cursor = page("companies", rows, queries.CompanyRow, query.limit, lambda row: (row.company,))
    return json_response(
        answers.Companies(items=[_company(row) for row in items], next_cursor=next_cursor, position=position.token())
    )


@reads.get("/v1/companies/{company}", response_model=answers.CompanyNow, responses=PROBLEMS)
async def get_company(
    services: ServicesOf, key: KeyOf, company: CompanyPath, query: Annotated[AfterQuery, Query()]
) -> Response:
    """What is known of a company. For keys of role admin, and those made with `--internal`."""
    check_reads_people(key)
    position = await folded(services.progress, [PEOPLE], query.after)
    asked = queries.subject_query(services.view.database, key.workspace, "company", company)
    row = await known_row(services, asked, "company", company)
    known = _company(msgspec.convert(row, queries.CompanyRow))
    return json_response(answers.CompanyNow(**known.model_dump(), position=position.token()))


@decisions.delete("/v1/companies/{company}", response_model=answers.ForgottenCompany, responses=PROBLEMS)
async def forget_company(
    request: Request, services: ServicesOf, key: KeyOf, company: CompanyPath, query: Forget
) -> Response:
    """Forget a company: name, domain, plan, spend and traits go from every table, state and file.

    Its id stays on its persons.
    """
    command = ForgetCompany(workspace=key.workspace, company=company, reason=query.reason)
    saved, position = await forget(services, request, key, Subject(key.workspace, "company", company), command)
    return json_response(
        answers.ForgottenCompany(
            company=company, reason=query.reason, forgotten_at=saved.aggregate.at, position=position.token()
        )
    )


@reads.get("/v1/companies/{company}/history", response_model=answers.CompanyHistory, responses=PROBLEMS)
async def list_company_history(
    services: ServicesOf, key: KeyOf, company: CompanyPath, query: Annotated[PageQuery, Query()]
) -> Response:
    """What was so of a company, from when on. For keys of role admin, and those made with `--internal`."""
    check_reads_people(key)
    after = read_key("company-history", query.cursor, tuple[Millis, int])
    position = await folded(services.progress, [PEOPLE], query.after)
    asked = queries.past_query(
        services.view.database, key.workspace, "company", company, limit=query.limit + 1, after=after
    )
    rows = await services.view.rows(asked)
    items, next_cursor = page(
        "company-history", rows, queries.PastRow, query.limit, lambda row: (row.occurred_at, row.offset)
    )
    return json_response(
        answers.CompanyHistory(items=[_past(row) for row in items], next_cursor=next_cursor, position=position.token())
    )


def _company(row: queries.CompanyRow) -> answers.CompanyAnswer:
    return answers.CompanyAnswer(
        company=row.company,
        name=row.name or None,
        domain=row.domain or None,
        plan=row.plan or None,
        spend=spend(row.spend, row.currency),
        traits=traits(row.traits),
        first_seen=format_time(row.first_seen),
        updated_at=format_time(row.updated_at),
    )


def _past(row: queries.PastRow) -> answers.CompanyPast:
    return answers.CompanyPast(
        occurred_at=format_time(row.occurred_at),
        recorded_at=format_time(row.recorded_at),
        plan=row.plan or None,
        spend=spend(row.spend, row.currency),
        traits=traits(row.traits),
    )
