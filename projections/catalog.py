"""Every projection there is, and making the database ready for them.

To add a projection: add its package under `projections/`, and its class here.
"""

import time
from collections.abc import Mapping, Sequence, Set

import msgspec
from clickhouse_connect.driver.client import Client

from events.times import Millis
from projections import customers, forecasts, goals, metrics, planning, quality, ranking, roadmap_revisions, roadmaps
from projections.clickhouse.generation_log import enter_generations, read_generations
from projections.clickhouse.layout import Layout, layout_of
from projections.clickhouse.live_views import pin, put_views
from projections.clickhouse.schema import StableView, create_tables, system_statements, tables_there
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
from projections.ranking import moving
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
BY_NAME: Mapping[str, Projection] = {projection.name: projection for projection in PROJECTIONS}

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
    *moving.VIEWS,
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
    layout = install_system(client, database, cluster)
    known = read_generations(client, database)
    there = tables_there(client, database)
    plan = [(each, of_projection(known, each.name) or [_first(each, database)]) for each in projections]
    for projection, generations in plan:
        for each in generations:
            if each.state in FOLLOWED and each.code == projection.code:
                _create(client, database, layout, projection, each, there)
    ours = [
        _with_views(live, projection, database)
        for projection, generations in plan
        if (live := live_one(generations)) is not None and live.code == projection.code
    ]
    if changed := [each for each in ours if each not in known]:
        enter_generations(client, database, changed)
    views = {name: select for each in ours for name, select in each.views.items()}
    if len(ours) == len(plan):
        views |= {view.name: view.select(database) for view in ACROSS}
    put_views(client, database, views)


def install_system(client: Client, database: str, cluster: str | None = None) -> Layout:
    """Make the database and what is in it beside the projections, where missing; how the database is laid out."""
    layout = layout_of(client, database, cluster)
    for statement in system_statements(database, layout):
        client.command(statement)
    return layout


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
    _create(client, database, layout_of(client, database), projection, generation, frozenset())
    enter_generations(client, database, [generation])
    if generation.state is State.LIVE:
        pin(client, database, generation)


def _first(projection: Projection, database: str) -> Generation:
    now = time.time_ns() // 1_000_000
    return new_generation(projection, FIRST_GENERATION, database, State.LIVE, at=now)


def _create(
    client: Client,
    database: str,
    layout: Layout,
    projection: Projection,
    generation: Generation,
    there: Set[str],
) -> None:
    create_tables(client.command, database, layout, projection.tables, projection.derived, generation.generation, there)


def _with_views(live: Generation, projection: Projection, database: str) -> Generation:
    """The live one itself, or as it becomes where this code's views are others."""
    views = new_generation(projection, live.generation, database, State.LIVE, at=live.started_at).views
    return live if views == live.views else msgspec.structs.replace(live, views=views, version=live.version + 1)
