"""`groundswell merge` and `unmerge`: posts that ask for the same."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.output import log_to_stderr, print_json, watched

if TYPE_CHECKING:
    from events.domain.application import Feedback

PANEL = "Deciding"
ACTOR = "command line"

Reason = Annotated[str, typer.Option("--reason", help="Why, for those who decide.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (merge, unmerge):
        app.command(rich_help_panel=PANEL)(command)


def merge(
    post: Annotated[str, typer.Argument(help="The post that goes.", show_default=False)],
    into: Annotated[str, typer.Argument(help="The post that its votes count for from now on.", show_default=False)],
    workspace: place.Workspace,
    reason: Reason = "",
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Merge a post into another one: a voter of both counts once, dates stay, and unmerge gives it all back."""
    from events.domain.merging.commands import MergePost
    from services.cli.ledger import decide

    command = MergePost(workspace=workspace, post=post, into=into, reason=reason)
    merged = decide(command, data, actor=ACTOR)
    if json:
        print_json({"post": post, "into": merged.merging.into, "at": merged.merging.at})
    else:
        typer.echo(f"{post} is merged into {merged.merging.into}")


def unmerge(
    workspace: place.Workspace,
    post: Annotated[str | None, typer.Argument(help="The post that was merged.", show_default=False)] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every post of the workspace that is merged.")] = False,
    reason: Reason = "",
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Have a merged post stand for itself again, or all of them: as if they had never been merged."""
    from services.cli.ledger import feedback

    if everything == (post is not None):
        raise typer.BadParameter("name a post, or give --all", param_hint="'POST'")
    log_to_stderr()
    with feedback(place.kafka(data)) as ledger, watched() as progress:
        posts = _merged(ledger, workspace) if post is None else [post]
        progress.begin("unmerging", len(posts))
        for each in posts:
            _unmerge(ledger, workspace, each, reason)
            progress.advance(1)
    if json:
        print_json({"unmerged": posts})
    elif post is None:
        typer.echo(f"{len(posts)} posts stand for themselves again")
    else:
        typer.echo(f"{post} stands for itself again")


def _unmerge(ledger: "Feedback", workspace: str, post: str, reason: str) -> None:
    from events.domain.merging.commands import UnmergePost

    ledger.execute(UnmergePost(workspace=workspace, post=post, reason=reason), actor=ACTOR)


def _merged(ledger: "Feedback", workspace: str) -> list[str]:
    """The posts that are merged. A deleted one stays as it is."""
    from events.domain.directory import Directory

    posts = Directory(ledger.ledger).posts(workspace)
    return sorted(post for post, entry in posts if entry.merged_into is not None and not entry.deleted)
