"""`groundswell roadmap`: roadmaps, as they are and as they were."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place, roadmap_revision
from services.cli.moments import read_moment
from services.cli.output import print_json, print_table

if TYPE_CHECKING:
    from events.domain.roadmaps.commands import RoadmapCommand
    from services.cli.roadmap_views import RoadmapViews

app = typer.Typer(help="Roadmaps, as they are and as they were.", no_args_is_help=True)

MAX_LIMIT = 1000
ACTOR = "command line"

Roadmap = Annotated[str, typer.Argument(help="The roadmap's id.", show_default=False)]
Post = Annotated[str, typer.Argument(help="The post's id.", show_default=False)]
AsOf = Annotated[str | None, typer.Option("--as-of", help="As it was then: 2026-01-31 or 2026-01-31T12:00:00Z.")]
KnownAt = Annotated[str | None, typer.Option("--known-at", help="As it was known then.")]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]
Actor = Annotated[str, typer.Option("--actor", help="Who decides: an id or a label, never an e-mail address.")]
Column = Annotated[str | None, typer.Option("--column", help="Into this column.")]
After = Annotated[str | None, typer.Option("--after", help="Right after this post.")]
Position = Annotated[int | None, typer.Option("--position", min=1, help="To this place in its column, from 1 on.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="How many.")]


class By(StrEnum):
    """What the columns of a roadmap are."""

    time = "time"
    status = "status"


@app.command(name="list")
def list_roadmaps(
    workspace: place.Workspace, limit: Limit = 100, data: place.Data = None, json: place.Json = False
) -> None:
    """Show which roadmaps there are."""
    from services.cli.roadmap_output import names_of

    with _views(data, workspace) as views:
        heads = views.all(limit)
    if json:
        print_json({"items": [{**head._asdict(), "columns": head.parts} for head in heads]})
        return
    rows = [
        [head.roadmap, head.name, "public" if head.public else "internal", head.by, ", ".join(names_of(head).values())]
        for head in heads
    ]
    print_table(["roadmap", "name", "for", "by", "columns"], rows)


@app.command()
def show(
    roadmap: Roadmap,
    workspace: place.Workspace,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show a roadmap, now or as of any moment."""
    happened, known = read_moment(as_of, "--as-of"), read_moment(known_at, "--known-at")
    from projections.moments import Moment
    from services.cli.roadmap_output import as_json, print_roadmap

    with _views(data, workspace) as views:
        shown = views.shown(roadmap, Moment(happened, known))
    if json:
        print_json(as_json(shown))
    else:
        print_roadmap(shown)


@app.command()
def create(
    roadmap: Roadmap,
    workspace: place.Workspace,
    name: Annotated[str, typer.Option("--name", help="What it is called.")],
    by: Annotated[By, typer.Option("--by", help="Columns of times, or of the posts' statuses.")] = By.time,
    public: Annotated[bool, typer.Option("--public", help="For everybody to see.")] = False,
    reason: Reason = "",
    actor: Actor = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Make a roadmap with the usual columns."""
    from events.domain.roadmaps.commands import PutRoadmap

    command = PutRoadmap(
        workspace=workspace, roadmap=roadmap, name=name, by=by.value, public=public, reason=reason
    )  # fmt: skip
    _decide(command, actor, data, json=json)


@app.command(name="place")
def place_item(
    roadmap: Roadmap,
    post: Post,
    workspace: place.Workspace,
    column: Column = None,
    after: After = None,
    position: Position = None,
    target: Annotated[
        str | None, typer.Option("--target", help="By when: 2027-03-15, 2027-03 or 2027-Q1; 'none' takes it away.")
    ] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Whose it is: a person's id or a label.")] = None,
    note: Annotated[str | None, typer.Option("--note", help="For whoever sees the roadmap.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="Which team does it; '' takes it from its team.")] = None,
    reason: Reason = "",
    actor: Actor = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Put a post on a roadmap, or change how it stands there."""
    from msgspec import UNSET, UnsetType

    from events.domain.roadmaps.commands import PlaceItem
    from events.domain.roadmaps.targets import Target, read_target

    wanted: Target | UnsetType | None = UNSET
    if target is not None:
        try:
            wanted = None if target == "none" else read_target(target)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="'--target'") from error
    command = PlaceItem(
        workspace=workspace, roadmap=roadmap, post=post, column=column, after=after, position=position,
        target=wanted, owner=owner, note=note, team=team, reason=reason,
    )  # fmt: skip
    _decide(command, actor, data, json=json)


@app.command()
def move(
    roadmap: Roadmap,
    post: Post,
    workspace: place.Workspace,
    column: Column = None,
    after: After = None,
    position: Position = None,
    reason: Reason = "",
    actor: Actor = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Move what is on a roadmap to another column or place."""
    if column is None and after is None and position is None:
        raise typer.BadParameter("say where to: --column, --after or --position")
    from events.domain.roadmaps.commands import PlaceItem

    command = PlaceItem(
        workspace=workspace, roadmap=roadmap, post=post, column=column, after=after, position=position, reason=reason,
        present=True,
    )  # fmt: skip
    _decide(command, actor, data, json=json)


@app.command()
def remove(
    roadmap: Roadmap,
    post: Post,
    workspace: place.Workspace,
    reason: Reason = "",
    actor: Actor = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Take a post off a roadmap."""
    from events.domain.roadmaps.commands import RemoveItem

    _decide(RemoveItem(workspace=workspace, roadmap=roadmap, post=post, reason=reason), actor, data, json=json)


@app.command()
def revisions(
    roadmap: Roadmap,
    workspace: place.Workspace,
    limit: Limit = 50,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show what was decided on a roadmap: when, who, what and why, the last first."""
    from events.times import format_time
    from projections.roadmaps.lines import line_of

    with _views(data, workspace) as views:
        told = views.revisions(roadmap, limit)
    names = ("version", "at", "actor", "line", "reason")
    rows = [[each.revision, format_time(each.occurred_at), each.actor, line_of(each), each.reason] for each in told]
    if json:
        print_json({"items": [dict(zip(names, row, strict=True)) for row in rows]})
    else:
        print_table(["version", "when", "who", "what", "why"], rows, numbers=("version",))


@app.command()
def diff(
    roadmap: Roadmap,
    workspace: place.Workspace,
    begin: Annotated[str, typer.Option("--from", help="From then on: 2026-01-31 or 2026-01-31T12:00:00Z.")],
    end: Annotated[str | None, typer.Option("--to", help="Until then. Default: now.")] = None,
    known_at: KnownAt = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show what became of a roadmap between two moments."""
    since, until, known = (
        read_moment(text, name) for text, name in ((begin, "--from"), (end, "--to"), (known_at, "--known-at"))
    )
    assert since is not None
    with _views(data, workspace) as views:
        found = views.differences(roadmap, since, until, known)
    if json:
        print_json({"items": [each._asdict() for each in found]})
    else:
        print_table(["change", "post", "what"], [[each.change, each.post, each.line] for each in found])


app.command()(roadmap_revision.revision)


@contextmanager
def _views(data: Path | None, workspace: str) -> "Iterator[RoadmapViews]":
    from services.cli import views
    from services.cli.roadmap_views import RoadmapViews

    settings = place.clickhouse(data)
    with views.client(settings) as client:
        yield RoadmapViews(client, settings.database, workspace)


def _decide(command: "RoadmapCommand", actor: str, data: Path | None, *, json: bool) -> None:
    from services.cli.ledger import decide

    saved = decide(command, data, actor=actor)
    if json:
        print_json({"roadmap": saved.roadmap, "version": saved.version, "items": len(saved.items)})
    else:
        typer.echo(f"roadmap {saved.roadmap} is at version {saved.version}, with {len(saved.items)} items placed")
