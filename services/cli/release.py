"""`groundswell release`: releases, from drafts to the changelog."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from services.cli import place
from services.cli.errors import CliError
from services.cli.moments import read_moment
from services.cli.output import print_json, print_table, printable

if TYPE_CHECKING:
    from events.domain.releases.commands import ReleaseCommand
    from projections.clickhouse.query import Query
    from projections.releases.queries import ReleaseRow

app = typer.Typer(help="Releases: drafts, what is scheduled, and the changelog.", no_args_is_help=True)

Row = TypeVar("Row")

MAX_LIMIT = 1000
ACTOR = "command line"

Release = Annotated[str, typer.Argument(help="The release's id.", show_default=False)]
AsOf = Annotated[str | None, typer.Option("--as-of", help="As it was then: 2026-01-31 or 2026-01-31T12:00:00Z.")]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]
Actor = Annotated[str, typer.Option("--actor", help="Who decides: an id or a label, never an e-mail address.")]
Version = Annotated[int | None, typer.Option("--version", min=1, help="Only if the release is at this version.")]


class State(StrEnum):
    """How far a release is."""

    draft = "draft"
    scheduled = "scheduled"
    published = "published"


@app.command(name="list")
def list_releases(
    workspace: place.Workspace,
    state: Annotated[State | None, typer.Option("--state", help="Only these.")] = None,
    as_of: AsOf = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="How many.")] = 50,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show releases, the one drafted last first."""
    moment = read_moment(as_of)
    from projections.releases.queries import ReleaseRow, releases_query

    def query(database: str) -> "Query":
        return releases_query(
            database, workspace, limit=limit, state=None if state is None else state.value, as_of=moment
        )

    found = _ask(data, query, ReleaseRow)
    if json:
        print_json({"items": [_as_json(release) for release in found]})
        return
    rows = [
        [release.release, release.title, release.label, release.state, _when(release), _outcome(release)]
        for release in found
    ]
    print_table(["release", "title", "label", "state", "published", "posts moved"], rows)


@app.command()
def show(
    release: Release,
    workspace: place.Workspace,
    as_of: AsOf = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show a release, and what was decided about it."""
    moment = read_moment(as_of)
    from projections.releases.queries import ReleaseChange, ReleaseRow, history_query, release_query

    found = _ask(data, lambda database: release_query(database, workspace, release, as_of=moment), ReleaseRow)
    if not found:
        when = "is no" if as_of is None else "was no"
        raise CliError(f"there {when} release {release!r} in workspace {workspace!r}")
    changes = _ask(data, lambda database: history_query(database, workspace, release, limit=MAX_LIMIT), ReleaseChange)
    if moment is not None:
        changes = [change for change in changes if change.occurred_at <= moment]
    if json:
        print_json({**_as_json(found[0]), "history": [change._asdict() for change in changes]})
        return
    shown = found[0]
    typer.echo(printable(f"{shown.title}{f' ({shown.label})' if shown.label else ''}: {shown.state} {_when(shown)}"))
    if shown.held:
        typer.echo(printable(f"held: {shown.held}"))
    for line in shown.body.splitlines():
        typer.echo(f"  {printable(line)}")
    from events.times import format_time

    rows = [
        [change.revision, format_time(change.occurred_at), change.actor, change.what, change.reason]
        for change in changes
    ]
    print_table(["version", "when", "who", "what", "why"], rows, numbers=("version",))


@app.command()
def put(
    release: Release,
    workspace: place.Workspace,
    title: Annotated[str, typer.Option("--title", help="What it is called.")],
    body: Annotated[str | None, typer.Option("--body", help="What it says, in Markdown.")] = None,
    body_file: Annotated[
        Path | None, typer.Option("--body-file", exists=True, dir_okay=False, help="The same from a file.")
    ] = None,
    label: Annotated[str | None, typer.Option("--label", help="Its version, or the like.")] = None,
    post: Annotated[list[str] | None, typer.Option("--post", help="What it ships; several times for more.")] = None,
    reason: Reason = "",
    actor: Actor = ACTOR,
    version: Version = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Draft a release, or edit it: what is left out stays as it is."""
    if body is not None and body_file is not None:
        raise typer.BadParameter("say it by --body or by --body-file", param_hint="'--body-file'")
    from events.domain.releases.commands import PutRelease

    command = PutRelease(
        workspace=workspace, release=release, title=title, label=label, reason=reason,
        body=body if body_file is None else _text(body_file), posts=None if post is None else tuple(post),
    )  # fmt: skip
    _decide(command, actor, version, data, json=json)


@app.command()
def schedule(
    release: Release,
    workspace: place.Workspace,
    at: Annotated[str, typer.Option("--at", help="When: 2027-03-15T08:00:00Z; 'never' takes it back.")],
    reason: Reason = "",
    actor: Actor = ACTOR,
    version: Version = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Have a release published at a moment to come (the sagas do that), or at none."""
    moment = None if at == "never" else read_moment(at, "--at")
    from events.domain.releases.commands import ScheduleRelease
    from events.times import format_time

    publish_at = None if moment is None else format_time(moment)
    command = ScheduleRelease(workspace=workspace, release=release, publish_at=publish_at, reason=reason)
    _decide(command, actor, version, data, json=json)


@app.command()
def publish(
    release: Release,
    workspace: place.Workspace,
    override: Annotated[
        bool, typer.Option("--override", help="Although gates of its posts are open; --reason says why.")
    ] = False,
    reason: Reason = "",
    actor: Actor = ACTOR,
    version: Version = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Tell a release to everybody; its posts move to shipped (the sagas do that)."""
    from events.domain.releases.commands import PublishRelease

    command = PublishRelease(workspace=workspace, release=release, reason=reason, override=override)
    _decide(command, actor, version, data, json=json)


@app.command()
def withdraw(
    release: Release,
    workspace: place.Workspace,
    reason: Reason = "",
    actor: Actor = ACTOR,
    version: Version = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Take a release out of the changelog. Posts that it moved stay where they are."""
    from events.domain.releases.commands import WithdrawRelease

    command = WithdrawRelease(workspace=workspace, release=release, reason=reason)
    _decide(command, actor, version, data, json=json)


def _decide(command: "ReleaseCommand", actor: str, version: int | None, data: Path | None, *, json: bool) -> None:
    from services.cli.ledger import decide

    saved = decide(command, data, actor=actor, version=version)
    if json:
        print_json(
            {"release": saved.release, "version": saved.version, "state": saved.state, "publish_at": saved.publish_at}
        )
    else:
        when = f" for {saved.publish_at}" if saved.publish_at else ""
        typer.echo(f"release {saved.release} is {saved.state}{when}, at version {saved.version}")


def _ask(data: Path | None, query: Callable[[str], "Query"], kind: type[Row]) -> list[Row]:
    """The rows of a query, made for the database's name."""
    import msgspec

    from services.cli import views

    settings = place.clickhouse(data)
    with views.client(settings) as client:
        asked = query(settings.database)
        rows = client.query(asked.sql, parameters=dict(asked.parameters)).result_rows
    return [msgspec.convert(tuple(row), kind) for row in rows]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CliError(f"{path} is no text in UTF-8: {error}") from error


def _when(release: "ReleaseRow") -> str:
    from events.times import format_time

    if release.publish_at is not None:
        return f"due {format_time(release.publish_at)}"
    return "" if release.published_at is None else format_time(release.published_at)


def _outcome(release: "ReleaseRow") -> str:
    if release.state != "published":
        return f"held: {release.held}" if release.held else ""
    not_moved = f", not {', '.join(release.not_moved)}" if release.not_moved else ""
    return f"{len(release.moved)} of {len(release.posts)}{not_moved}"


def _as_json(release: "ReleaseRow") -> dict[str, object]:
    from events.times import format_time

    moments = ("publish_at", "published_at", "created_at", "updated_at")
    said = release._asdict()
    return {
        name: format_time(value) if name in moments and value is not None else value for name, value in said.items()
    }
