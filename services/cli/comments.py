"""`groundswell comments`: what people say about a post."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.output import print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from projections.comments.queries import ShownComment

app = typer.Typer(help="What people say about a post.", no_args_is_help=True)

MAX_LIMIT = 1000
ACTOR = "command line"

Post = Annotated[str, typer.Argument(help="The post's id.", show_default=False)]


@app.command(name="list")
def list_comments(
    post: Post,
    workspace: place.Workspace,
    internal: Annotated[bool, typer.Option("--internal", help="Internal notes too.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="How many comments.")] = 100,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show the comments on a post and on those that were merged with it, thread by thread."""
    from services.cli import views

    settings = place.clickhouse(data)
    with views.client(settings) as client:
        shown = views.comments(client, settings.database, workspace, post, limit=limit, internal=internal)
    if json:
        print_json({"items": [_as_json(each) for each in shown]})
    elif shown:
        _show(shown)
    else:
        typer.echo(f"No comments on post {post!r} in workspace {workspace!r}.", err=True)


@app.command()
def add(
    post: Post,
    body: Annotated[str, typer.Argument(help="What to say.", show_default=False)],
    workspace: place.Workspace,
    author: Annotated[str, typer.Option("--author", help="The person who says it, by id.")],
    parent: Annotated[str | None, typer.Option("--parent", help="The comment that it replies to.")] = None,
    internal: Annotated[bool, typer.Option("--internal", help="Only for those who see what is internal.")] = False,
    id: Annotated[str | None, typer.Option("--id", help="The comment's own id. Default: one is made.")] = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Comment on a post, and print the comment's id."""
    from events.domain.comments.commands import WriteComment
    from events.ids import new_id
    from services.cli.ledger import decide

    command = WriteComment(
        workspace=workspace, comment=id or new_id(), post=post, author=author,
        body=body, parent=parent, internal=internal,
    )  # fmt: skip
    comment = decide(command, data, actor=ACTOR)
    if json:
        print_json({"comment": comment.comment, "post": comment.post, "thread": comment.thread})
    else:
        typer.echo(comment.comment)


@app.command()
def delete(
    comment: Annotated[str, typer.Argument(help="The comment's id.", show_default=False)],
    workspace: place.Workspace,
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Hide what a comment says, in all its versions; its place in the thread stays."""
    from events.domain.comments.commands import DeleteComment
    from services.cli.ledger import decide

    command = DeleteComment(workspace=workspace, comment=comment, reason=reason)
    deleted = decide(command, data, actor=ACTOR)
    if json:
        print_json({"comment": deleted.comment, "post": deleted.post, "version": deleted.version})
    else:
        typer.echo(f"{deleted.comment} says nothing any more.")


@app.command()
def complaint(
    comment: Annotated[str, typer.Argument(help="The comment's id.", show_default=False)],
    workspace: place.Workspace,
    undo: Annotated[bool, typer.Option("--undo", help="It is none after all.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
    actor: Annotated[str, typer.Option("--actor", help="Who decides: an id or a label.")] = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Have a comment count as a complaint about its post, or no longer."""
    from events.domain.complaints.commands import MarkComplaint, UnmarkComplaint
    from services.cli.ledger import decide

    kind = UnmarkComplaint if undo else MarkComplaint
    found = decide(kind(workspace=workspace, comment=comment, reason=reason), data, actor=actor)
    if json:
        print_json({"comment": comment, "post": found.post, "complaint": found.marked, "version": found.version})
    else:
        typer.echo(f"comment {comment} is {'a' if found.marked else 'no'} complaint about {found.post}")


def _show(comments: "Sequence[ShownComment]") -> None:
    """The comments as a table, replies behind an arrow."""
    from events.times import format_time

    columns = ["comment", "author", "when", "says", "post"]
    rows = [[each.comment, each.author, format_time(each.created), _says(each), each.post] for each in comments]
    print_table(columns, rows)


def _says(comment: "ShownComment") -> str:
    marks = [
        mark
        for mark, there in (("internal", comment.internal), ("answer", comment.answer), ("deleted", comment.deleted))
        if there
    ]
    text = " ".join(comment.body.split())
    return ("→ " if comment.parent else "") + (f"[{', '.join(marks)}] " if marks else "") + text


def _as_json(comment: "ShownComment") -> dict[str, object]:
    from events.times import format_time

    return {
        "comment": comment.comment,
        "post": comment.post,
        "thread": comment.thread,
        "parent": comment.parent or None,
        "author": comment.author,
        "body": comment.body,
        "internal": comment.internal,
        "deleted": comment.deleted,
        "answer": comment.answer,
        "created_at": format_time(comment.created),
        "edited_at": None if comment.edited is None else format_time(comment.edited),
        "version": comment.revision,
    }
