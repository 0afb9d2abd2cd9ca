"""`groundswell roadmap revision`: what changed since a date and why, what slipped, and whose demand fell or rose."""

import time
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from services.cli import place
from services.cli.moments import read_moment
from services.cli.output import print_json, print_table

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

    from projections.roadmap_revisions.queries import ItemDrift, ItemSlips
    from projections.roadmap_revisions.revised import Revised

MOST_DRIFTED = 1000


def revision(
    roadmap: Annotated[str, typer.Argument(help="The roadmap's id.", show_default=False)],
    workspace: place.Workspace,
    since: Annotated[str, typer.Option("--since", help="Since then: 2026-01-31 or 2026-01-31T12:00:00Z.")],
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show what changed on a roadmap since a date and why, what slipped, and whose demand fell or rose."""
    begin = read_moment(since, "--since")
    assert begin is not None
    end = time.time_ns() // 1_000_000
    if begin > end:
        raise typer.BadParameter("must not lie in the future", param_hint="'--since'")
    from services.cli import views

    settings = place.clickhouse(data)
    with views.client(settings) as client:
        told = _told(client, settings.database, workspace, roadmap, (begin, end))
    if json:
        print_json(
            {"items": [_as_json(each) for each in told.items], "slips": [each._asdict() for each in told.slips],
             "demand": [_drift_as_json(each) for each in told.drift]}
        )  # fmt: skip
    else:
        _print(told)


class _Told(NamedTuple):
    items: "list[Revised]"
    slips: "list[ItemSlips]"
    drift: "list[ItemDrift]"


def _told(client: "Client", database: str, workspace: str, roadmap: str, between: tuple[int, int]) -> _Told:
    from projections.moments import Moment
    from projections.roadmap_revisions import queries
    from projections.roadmap_revisions.revised import revised
    from projections.roadmaps.queries import Revision, revisions_query
    from services.cli import views
    from services.cli.roadmap_views import RoadmapViews

    begin, end = between
    roadmaps = RoadmapViews(client, database, workspace)
    head = roadmaps.shown(roadmap, Moment(), votes=False).head
    found = roadmaps.differences(roadmap, begin, end, None)
    asked = revisions_query(database, workspace, roadmap, limit=queries.MOST_DECISIONS, begin=begin, end=end)
    decisions = views.rows(client, asked, Revision)
    posts = sorted({each.post for each in found})
    asked = queries.post_decisions_query(database, workspace, posts, begin=begin, end=end)
    items = revised(head.by, found, decisions, views.rows(client, asked, queries.PostDecision))
    asked = queries.slips_query(database, workspace, roadmap, begin=begin)
    slips = views.rows(client, asked, queries.ItemSlips)
    asked = queries.drift_query(database, workspace, roadmap, limit=MOST_DRIFTED)
    return _Told(items, slips, views.rows(client, asked, queries.ItemDrift))


def _print(told: _Told) -> None:
    print_table(["change", "post", "what", "when", "who", "why"], [_cells(each) for each in told.items])
    print_table(
        ["slipped", "title", "slips", "days", "slips since", "days since", "first due", "due"],
        [list(each) for each in told.slips],
        numbers=("slips", "days", "slips since", "days since"),
    )
    print_table(
        ["demand", "title", "when placed", "now", "change", "share"],
        [
            [each.post, each.title, each.score_placed, each.score, f"{each.change:+}", _share(each)]
            for each in told.drift
        ],
        numbers=("when placed", "now", "change", "share"),
    )


def _cells(found: "Revised") -> list[object]:
    from events.times import format_time

    last = found.reasons[-1] if found.reasons else None
    said = found.difference
    if last is None:
        return [said.change, said.post, said.line, "", "", ""]
    why = " / ".join(reason.reason or reason.note for reason in found.reasons if reason.reason or reason.note)
    return [said.change, said.post, said.line, format_time(last.occurred_at), last.actor, why]


def _as_json(found: "Revised") -> dict[str, object]:
    from events.times import format_time

    reasons = [
        {**reason._asdict(), "occurred_at": format_time(reason.occurred_at),
         "recorded_at": format_time(reason.recorded_at)}
        for reason in found.reasons
    ]  # fmt: skip
    return {**found.difference._asdict(), "reasons": reasons}


def _drift_as_json(row: "ItemDrift") -> dict[str, object]:
    from events.times import format_time

    return {**row._asdict(), "placed_at": format_time(row.placed_at)}


def _share(row: "ItemDrift") -> str:
    return "" if row.share is None else f"{row.share:+.0%}"
