"""`groundswell import`: votes and posts from elsewhere."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.errors import Failed
from services.cli.output import log_to_stderr, print_json, printable, watched

if TYPE_CHECKING:
    from services.importers.votes import BadLine

app = typer.Typer(help="Bring in votes and posts from elsewhere.", no_args_is_help=True)

MAX_SHOWN = 100
"""How many bad lines are shown; the rest is counted."""


@app.command()
def stackexchange(
    folder: Annotated[
        Path, typer.Argument(help="The dump's folder: Votes.xml, PostLinks.xml, Posts.xml, plain or .gz.")
    ],
    workspace: place.Workspace,
    prefix: Annotated[
        str, typer.Option("--prefix", help="Goes before the ids of posts and voters: for several sites in a workspace.")
    ] = "",
    merge_duplicates: Annotated[
        bool,
        typer.Option("--merge-duplicates", help="Merge each duplicate into what it repeats, at its date."),
    ] = False,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Import posts, votes (with their dates) and duplicates from a Stack Exchange dump.

    It may be interrupted and repeated: nothing is counted twice.
    """
    from services.importers.stackexchange import import_stackexchange

    log_to_stderr()
    settings = place.kafka(data)
    with watched() as progress:
        counts = import_stackexchange(
            folder, workspace=workspace, kafka=settings, prefix=prefix, merge=merge_duplicates, progress=progress
        )
    if json:
        print_json(counts)
        return
    typer.echo(
        f"{counts.up} up- and {counts.down} down-votes on {counts.posts} posts ({counts.posts_created} of them new) "
        f"on board {counts.board} of workspace {counts.workspace}; {counts.duplicates} duplicates linked, "
        f"{counts.duplicates_without_post} to or from posts that the dump does not have"
    )
    if merge_duplicates:
        left = f"{counts.not_merged} left: posts that are not there or merged already"
        typer.echo(f"{counts.merged} duplicates merged, {left}")


@app.command()
def votes(
    file: Annotated[str, typer.Argument(help="NDJSON or CSV, plain or .gz; - reads standard input.")],
    workspace: place.Workspace,
    create_posts: Annotated[
        bool, typer.Option("--create-posts", help="Create posts that nobody knows, on the board 'imported'.")
    ] = False,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Import votes with the fields of a batch vote: post, person, value, importance, at, id, by.

    Bad lines are reported and left out, the others are kept. The same file again counts nothing twice.
    """
    from services.importers.vote_files import open_votes, read_votes
    from services.importers.votes import import_votes

    log_to_stderr()
    settings = place.kafka(data)
    report = _Report()
    with open_votes(None if file == "-" else Path(file), sys.stdin.buffer) as (stream, form), watched() as progress:
        counts = import_votes(
            read_votes(stream, form),
            workspace=workspace,
            kafka=settings,
            create_posts=create_posts,
            on_bad_line=report.show,
            progress=progress,
        )
    report.finish()
    if json:
        print_json(counts)
    else:
        created = f", {counts.posts_created} posts created" if create_posts else ""
        typer.echo(f"{counts.accepted} votes imported, {counts.rejected} rejected{created}")
    if counts.rejected:
        raise Failed


class _Report:
    """Tells of bad lines, one line each, as long as somebody may read them."""

    def __init__(self) -> None:
        self._count = 0

    def show(self, bad: "BadLine") -> None:
        """Tell of one."""
        self._count += 1
        if self._count <= MAX_SHOWN:
            field = f"{bad.field}: " if bad.field else ""
            typer.echo(f"line {bad.line}: {printable(f'{field}{bad.message}')}", err=True)

    def finish(self) -> None:
        """Tell how many were not shown."""
        if self._count > MAX_SHOWN:
            typer.echo(f"... and {self._count - MAX_SHOWN} bad lines more", err=True)
