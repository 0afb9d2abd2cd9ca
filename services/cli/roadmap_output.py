"""Printing roadmaps: as a table for people, as JSON for programs."""

from events.times import format_time
from projections.roadmaps.lines import target_of
from projections.roadmaps.queries import Head, Standing
from services.cli.output import print_table
from services.cli.roadmap_views import Shown


def print_roadmap(shown: Shown) -> None:
    """What stands on a roadmap, a line each."""
    names = names_of(shown.head)
    columns = ["column", "place", "title", "status", "score", "target", "owner", "team", "post"]
    rows = [[names.get(item.column, item.column), *_cells(item)] for item in shown.items]
    print_table(columns, rows, numbers=("place", "score"), shorten=True)


def as_json(shown: Shown) -> dict[str, object]:
    """A roadmap with its columns, and what stands in each."""
    head = shown.head
    columns = [
        {"column": each.column, "name": each.name,
         "items": [_item(item) for item in shown.items if item.column == each.column]}
        for each in head.parts
    ]  # fmt: skip
    return {"roadmap": head.roadmap, "name": head.name, "public": head.public, "by": head.by, "columns": columns}


def names_of(head: Head) -> dict[str, str]:
    """What the columns of a roadmap are called, by their ids."""
    return {column.column: column.name for column in head.parts}


def _cells(item: Standing) -> list[object]:
    target = target_of(item.target, item.precision)
    title = f"{item.title or item.post} (deleted)" if item.deleted else item.title
    return [
        item.position,
        title,
        item.status,
        item.score,
        target.text if target else "",
        item.owner,
        item.team,
        item.post,
    ]


def _item(item: Standing) -> dict[str, object]:
    since = None if item.since is None else format_time(item.since)
    return {**item._asdict(), "since": since}
