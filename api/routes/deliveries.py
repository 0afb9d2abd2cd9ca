"""What was sent to webhooks, and what came of it. For admins."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from api.answers.webhooks import Deliveries, delivery
from api.guard import KeyOf, ServicesOf, admin_router
from api.known import known_webhook
from api.openapi import PROBLEMS
from api.paging import page, read_key
from api.parameters import PageQuery
from api.reading import folded, json_response
from api.routes.webhooks import WebhookPath
from api.waiting import DELIVERIES
from projections.deliveries import queries

routes = admin_router("webhooks")


class DeliveriesQuery(PageQuery):
    """One page of deliveries."""

    outcome: Annotated[
        Literal["delivered", "failed", "gone"] | None, Field(description="Only attempts that came to this.")
    ] = None


@routes.get("/v1/webhooks/{webhook}/deliveries", response_model=Deliveries, responses=PROBLEMS)
async def list_deliveries(
    services: ServicesOf, key: KeyOf, webhook: WebhookPath, query: Annotated[DeliveriesQuery, Query()]
) -> Response:
    """Attempts to deliver events, the newest first."""
    before = read_key("deliveries", query.cursor, tuple[int])
    position = await folded(services.progress, [DELIVERIES], query.after)
    await known_webhook(services, key.workspace, webhook)
    asked = queries.deliveries_query(
        services.view.database,
        key.workspace,
        webhook,
        limit=query.limit + 1,
        before=before[0] if before else None,
        outcome=query.outcome,
    )
    rows = await services.view.rows(asked)
    items, next_cursor = page("deliveries", rows, queries.Attempt, query.limit, lambda row: (row.number,))
    return json_response(
        Deliveries(items=[delivery(row) for row in items], next_cursor=next_cursor, position=position.token())
    )
