"""Every projection there is, and making the database ready for them.

To add a projection: add its package under `projections/`, and its class here.
"""

import time
from collections.abc import Sequence

import msgspec
from clickhouse_connect.driver.client import Client

from events.times import Millis
from projections import customers, forecasts, goals, metrics, planning, quality, ranking, roadmap_revisions, roadmaps
from projections.clickhouse.generation_log import enter_generations, read_generations
from projections.clickhouse.layout import layout_of
from projections.clickhouse.live_views import pin, put_views
from projections.clickhouse.schema import StableView, create_tables, system_statements
from projections.comments import CommentsProjection
from projections.deliveries import DeliveriesProjection
from projections.events import EventsProjection
from projections.fold import Projection
from projections.formulas import FormulasProjection
from projections.generations import FOLLOWED, Generation, State, live_one, of_projection
from projections.goals import GoalsProjection
from projections.people import PeopleProjection, weights
from projections.planning import PlanningProjection
from projections.posts import PostsProjection
from projections.quality import QualityProjection
from projections.reactions import ReactionsProjection
from projections.releases import ReleasesProjection
from projections.roadmaps import RoadmapsProjection
from projections.table import Derived, Table
from projections.votes import VotesProjection

PROJECTIONS: Sequence[Projection] = (
    VotesProjection(),
    PostsProjection(),
    EventsProjection(),
    CommentsProjection(),
    ReactionsProjection(),
    RoadmapsProjection(),
    ReleasesProjection(),
    PeopleProjection(),
    DeliveriesProjection(),
    PlanningProjection(),
    GoalsProjection(),
    FormulasProjection(),
    QualityProjection(),
)

ACROSS: Sequence[StableView] = (
    *ranking.VIEWS,
    *roadmaps.ACROSS,
    *weights.VIEWS,
    *planning.ACROSS,
    *quality.ACROSS,
    *forecasts.VIEWS,
    *goals.ACROSS,
    *roadmap_revisions.VIEWS,
    *customers.VIEWS,
    *metrics.VIEWS,
)
"""Stable views over the stable views of several projections."""

FIRST_GENERATION = 1


def install(
    client: Client, database: str, projections: Sequence[Projection] = PROJECTIONS, *, cluster: str | None = None
) -> None:
    """Make the database, a first live generation of each projection that has none, and the stable views, where missing.

    Of a projection whose live generation was built by other code nothing is touched. A new database is made on
    `cluster`, where one is given; one that is there stays where it is.

    Raises:
        LayoutRefused: if it is there and elsewhere.
    """
    install_system(client, database, cluster)
    known = read_generations(client, database)
    of_this_code = True
    for projection in projections:
        of_this_code &= _install(client, database, projection, of_projection(known, projection.name))
    if of_this_code:
        put_views(client, database, {view.name: view.select(database) for view in ACROSS})


def install_system(client: Client, database: str, cluster: str | None = None) -> None:
    """Make the database and what is in it beside the projections, where missing."""
    for statement in system_statements(database, layout_of(client, database, cluster)):
        client.command(statement)


def new_generation(projection: Projection, number: int, database: str, state: State, *, at: Millis) -> Generation:
    """A generation of this code, not entered yet."""
    stored: tuple[Table | Derived, ...] = (*projection.tables, *projection.derived)
    return Generation(
        projection=projection.name,
        generation=number,
        state=state,
        code=projection.code,
        tables=tuple(table.stored_as(number) for table in stored),
        views={view.name: view.select(database, stored, number) for view in projection.views},
        started_at=at,
        switched_at=at if state is State.LIVE else None,
    )


def create_generation(client: Client, database: str, projection: Projection, generation: Generation) -> None:
    """Make the tables of a new generation, then enter it."""
    layout = layout_of(client, database)
    create_tables(client.command, database, layout, projection.tables, projection.derived, generation.generation)
    enter_generations(client, database, [generation])
    if generation.state is State.LIVE:
        pin(client, database, generation)


def _install(client: Client, database: str, projection: Projection, known: Sequence[Generation]) -> bool:
    """Whether the live generation is of this code."""
    now = time.time_ns() // 1_000_000
    if not known:
        create_generation(
            client, database, projection, new_generation(projection, FIRST_GENERATION, database, State.LIVE, at=now)
        )
        return True
    layout = layout_of(client, database)
    for each in known:
        if each.state in FOLLOWED and each.code == projection.code:
            create_tables(client.command, database, layout, projection.tables, projection.derived, each.generation)
    live = live_one(known)
    if live is None or live.code != projection.code:
        return False
    views = new_generation(projection, live.generation, database, State.LIVE, at=now).views
    if views != live.views:
        live = msgspec.structs.replace(live, views=views, version=live.version + 1)
        enter_generations(client, database, [live])
    pin(client, database, live)
    return True
