"""`groundswell posts`: what people want, as it stands and as it came about."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place, post_decisions
from services.cli.errors import CliError
from services.cli.moments import read_moment
from services.cli.output import print_json, print_table, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from projections.posts.history import Done
    from projections.posts.queries import ListedPost, PostWithTally

app = typer.Typer(help="Posts: list and show them, and decide on them.", no_args_is_help=True)
post_decisions.register(app)

MAX_LIMIT = 1000
LINES = 20
"""How much of a post's activity is shown."""


@app.command(name="list")
def list_posts(
    workspace: place.Workspace,
    board: Annotated[str | None, typer.Option("--board", help="Only this board.")] = None,
    status: Annotated[str | None, typer.Option("--status", help="Only this status.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only statuses that come to this: planned, ...")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Only with this tag; several for all of them.")] = None,
    field: Annotated[list[str] | None, typer.Option("--field", help="Only with this value: FIELD=VALUE.")] = None,
    author: Annotated[str | None, typer.Option("--author", help="Only of this person.")] = None,
    archived: Annotated[bool, typer.Option("--archived", help="Archived ones instead.")] = False,
    as_of: Annotated[str | None, typer.Option("--as-of", help="As they were then.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="How many posts.")] = 50,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """List posts, pinned ones first, then the newest."""
    moment = read_moment(as_of)
    fields = tuple(_pair(each) for each in field or ())
    from projections.posts.filters import PostFilter
    from projections.posts.queries import ListedPost, posts_query
    from services.cli import views

    settings = place.clickhouse(data)
    asked = PostFilter(
        board=board, status=status, kind=kind, author=author, tags=tuple(tag or ()), fields=fields, archived=archived
    )
    with views.client(settings) as client:
        query = posts_query(settings.database, workspace, asked, limit=limit, as_of=moment, pinned_first=True)
        posts = views.rows(client, query, ListedPost)
    if json:
        print_json({"items": [_listed(post) for post in posts]})
    elif posts:
        _print_posts(posts)
    else:
        typer.echo(f"No such posts in workspace {workspace!r}.", err=True)


@app.command()
def show(
    post: post_decisions.PostId,
    workspace: place.Workspace,
    as_of: Annotated[str | None, typer.Option("--as-of", help="As it was then.")] = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show a post, its tally, and what was done to it: who, when, what, why."""
    moment = read_moment(as_of)
    from projections.posts.history import Done, activity_query
    from projections.posts.queries import PostWithTally, post_query
    from services.cli import views

    settings = place.clickhouse(data)
    with views.client(settings) as client:
        query = post_query(settings.database, workspace, post, as_of=moment)
        found = views.rows(client, query, PostWithTally)
        if not found:
            when = f" as of {as_of}" if as_of else ""
            raise CliError(f"there is no post {post!r} in workspace {workspace!r}{when}")
        activity = activity_query(settings.database, workspace, post, limit=LINES, as_of=moment)
        done = views.rows(client, activity, Done)
    if json:
        print_json({**_whole(found[0]), "activity": [_done(each) for each in done]})
    else:
        _print_post(found[0], done)


def _print_posts(posts: "Sequence[ListedPost]") -> None:
    columns = ["post", "status", "board", "title", "tags"]
    rows = [
        [post.post, post.status, post.board, ("* " if post.pinned else "") + post.title, ", ".join(post.tags)]
        for post in posts
    ]
    print_table(columns, rows)


def _print_post(post: "PostWithTally", done: "Sequence[Done]") -> None:
    typer.echo(printable(post.title))
    marks = [name for name, there in (("archived", post.archived), ("pinned", post.pinned)) if there]
    about = [post.status, f"on {post.board}", f"{post.up} up, {post.down} down", f"version {post.revision}", *marks]
    if post.merged_into:
        about.append(f"merged into {post.merged_into}")
    typer.echo(printable(", ".join(about)))
    for name, value in (*((field, text) for field, text in post.fields.items()), ("tags", ", ".join(post.tags))):
        if value:
            typer.echo(printable(f"{name}: {value}"))
    if post.body:
        typer.echo("\n" + "\n".join(printable(line) for line in post.body.splitlines()) + "\n")
    rows = [[_time(each.occurred_at), each.actor, each.what, each.note or each.reason] for each in done]
    print_table(["when", "who", "what", "why"], rows)


def _listed(post: "ListedPost") -> dict[str, object]:
    return {**post._asdict(), "created_at": _time(post.created_at), "updated_at": _time(post.updated_at)}


def _whole(post: "PostWithTally") -> dict[str, object]:
    last = post.last_vote_at
    times = {"created_at": _time(post.created_at), "updated_at": _time(post.updated_at)}
    return {**post._asdict(), **times, "last_vote_at": None if last is None else _time(last)}


def _done(done: "Done") -> dict[str, object]:
    return {**done._asdict(), "occurred_at": _time(done.occurred_at), "recorded_at": _time(done.recorded_at)}


def _time(millis: int) -> str:
    from events.times import format_time

    return format_time(millis)


def _pair(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not (field and equals):
        raise typer.BadParameter(f"{text!r} must be FIELD=VALUE", param_hint="'--field'")
    return field, value
