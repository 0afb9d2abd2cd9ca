"""The application: its routes, and the services that they stand on, opened and closed with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from api import docs_page, documentation, failures
from api.hot import Application
from api.routes import (
    boards,
    budgets,
    changelog,
    comments,
    companies,
    defects,
    deliveries,
    demand,
    estimates,
    feed,
    fields,
    forecasts,
    formulas,
    gates,
    goal_reads,
    goals,
    health,
    history,
    merging,
    persons,
    post_decisions,
    post_history,
    posts,
    product_metrics,
    quality,
    ranking,
    reactions,
    release_reads,
    releases,
    report,
    roadmap_reads,
    roadmap_revisions,
    roadmaps,
    satisfaction,
    search,
    segments,
    tags,
    teams,
    threads,
    webhooks,
    what_if,
    workflow,
)
from api.services import Services
from api.settings import ApiSettings
from events.settings import KafkaSettings
from projections.clickhouse.settings import ClickHouseSettings

_DESCRIPTION = (
    "Product feedback on an event log: votes, rankings and history as of any moment. "
    "Send Authorization: Bearer <key>; the key names the workspace."
)


def create_app(
    api: ApiSettings | None = None, kafka: KafkaSettings | None = None, clickhouse: ClickHouseSettings | None = None
) -> FastAPI:
    """The application over these settings, or over those of the environment where none are given.

    It comes up at once and answers `/health/live`; what needs Kafka or ClickHouse answers 503 while those are away.
    """
    settings = api or ApiSettings()
    services = Services(settings, kafka or KafkaSettings(), clickhouse or ClickHouseSettings())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        services.start()
        try:
            yield
        finally:
            await services.close()

    app = Application(
        services,
        title="Groundswell",
        version=version("groundswell"),
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        strict_content_type=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.services = services
    _add_routes(app)
    failures.install(app)
    documentation.install(app)
    docs_page.install(app)
    return app


def _add_routes(app: FastAPI) -> None:
    for router in (
        boards.decisions,
        budgets.decisions,
        workflow.decisions,
        tags.decisions,
        fields.decisions,
        posts.decisions,
        post_decisions.decisions,
        roadmaps.decisions,
        merging.decisions,
        boards.reads,
        budgets.reads,
        workflow.reads,
        tags.reads,
        fields.reads,
        posts.reads,
        post_history.reads,
        comments.writes,
        comments.decisions,
        reactions.writes,
        threads.reads,
        comments.changes,
        history.reads,
        persons.writes,
        persons.reads,
        persons.decisions,
        companies.writes,
        companies.reads,
        companies.decisions,
        segments.decisions,
        segments.reads,
        segments.removals,
        teams.decisions,
        teams.reads,
        estimates.decisions,
        estimates.reads,
        formulas.decisions,
        formulas.reads,
        ranking.reads,
        what_if.reads,
        product_metrics.reads,
        demand.reads,
        roadmap_reads.reads,
        roadmap_revisions.reads,
        forecasts.reads,
        search.reads,
        releases.decisions,
        release_reads.reads,
        changelog.reads,
        feed.reads,
        goals.decisions,
        goal_reads.reads,
        gates.decisions,
        gates.reads,
        defects.decisions,
        defects.reads,
        satisfaction.writes,
        satisfaction.reads,
        satisfaction.questions,
        quality.reads,
        report.pages,
        webhooks.routes,
        deliveries.routes,
        health.routes,
    ):
        app.include_router(router)
