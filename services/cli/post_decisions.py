"""`groundswell posts`: deciding on a post. Each is told in a line how the post stands after it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.output import print_json

if TYPE_CHECKING:
    from events.domain.commands import PostCommand

ACTOR = "command line"

PostId = Annotated[str, typer.Argument(help="The post's id.", show_default=False)]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]
Actor = Annotated[str, typer.Option("--actor", help="Who decides: an id or a label, never an e-mail address.")]
Version = Annotated[int | None, typer.Option("--version", min=1, help="Only if the post is at this version.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (close, reopen, status, archive, delete, move, pin, tag):
        app.command()(command)


def close(
    post: PostId, workspace: place.Workspace, reason: Reason = "", actor: Actor = ACTOR, version: Version = None,
    data: place.Data = None, json: place.Json = False,
) -> None:  # fmt: skip
    """Have a post the status that the workspace closes posts with; everybody may read the reason."""
    from events.domain.commands import ClosePost

    _decide(ClosePost(workspace=workspace, post=post, reason=reason), actor, version, data, json=json)


def reopen(
    post: PostId, workspace: place.Workspace, reason: Reason = "", actor: Actor = ACTOR, version: Version = None,
    data: place.Data = None, json: place.Json = False,
) -> None:  # fmt: skip
    """Have a closed post the status again that it had before."""
    from events.domain.commands import ReopenPost

    _decide(ReopenPost(workspace=workspace, post=post, reason=reason), actor, version, data, json=json)


def status(
    post: PostId,
    status: Annotated[str, typer.Argument(help="The status's id, as groundswell workflow show has it.")],
    workspace: place.Workspace,
    note: Annotated[str, typer.Option("--note", help="What everybody may read about it.")] = "",
    override: Annotated[
        bool, typer.Option("--override", help="Ship it although its board's gate is open; --reason says why.")
    ] = False,
    reason: Reason = "",
    actor: Actor = ACTOR,
    version: Version = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Have a post another status of the workflow."""
    from events.domain.posts.commands import ChangeStatus

    command = ChangeStatus(workspace=workspace, post=post, status=status, note=note, reason=reason, override=override)
    _decide(command, actor, version, data, json=json)


def archive(
    post: PostId, workspace: place.Workspace,
    undo: Annotated[bool, typer.Option("--undo", help="Put it back into lists and rankings.")] = False,
    reason: Reason = "", actor: Actor = ACTOR, version: Version = None,
    data: place.Data = None, json: place.Json = False,
) -> None:  # fmt: skip
    """Take a post out of lists and rankings."""
    from events.domain.posts.commands import ArchivePost

    command = ArchivePost(workspace=workspace, post=post, archived=not undo, reason=reason)
    _decide(command, actor, version, data, json=json)


def delete(
    post: PostId, workspace: place.Workspace,
    undo: Annotated[bool, typer.Option("--undo", help="Bring it back, as it was.")] = False,
    reason: Reason = "", actor: Actor = ACTOR, version: Version = None,
    data: place.Data = None, json: place.Json = False,
) -> None:  # fmt: skip
    """Hide a post everywhere; its history stays on the log."""
    from events.domain.posts.commands import DeletePost

    command = DeletePost(workspace=workspace, post=post, deleted=not undo, reason=reason)
    _decide(command, actor, version, data, json=json)


def move(
    post: PostId,
    board: Annotated[str, typer.Argument(help="The board's id.")],
    workspace: place.Workspace,
    reason: Reason = "", actor: Actor = ACTOR, version: Version = None,
    data: place.Data = None, json: place.Json = False,
) -> None:  # fmt: skip
    """Have a post on another board."""
    from events.domain.posts.commands import MovePost

    _decide(MovePost(workspace=workspace, post=post, board=board, reason=reason), actor, version, data, json=json)


def pin(
    post: PostId, workspace: place.Workspace,
    undo: Annotated[bool, typer.Option("--undo", help="Have it take its place among the others.")] = False,
    reason: Reason = "", actor: Actor = ACTOR, version: Version = None,
    data: place.Data = None, json: place.Json = False,
) -> None:  # fmt: skip
    """Have a post come first where pinned ones do."""
    from events.domain.posts.commands import PinPost

    command = PinPost(workspace=workspace, post=post, pinned=not undo, reason=reason)
    _decide(command, actor, version, data, json=json)


def tag(
    post: PostId,
    workspace: place.Workspace,
    tags: Annotated[list[str] | None, typer.Argument(help="All tags that it has from now on.")] = None,
    reason: Reason = "", actor: Actor = ACTOR, version: Version = None,
    data: place.Data = None, json: place.Json = False,
) -> None:  # fmt: skip
    """Have a post exactly these tags."""
    from events.domain.posts.commands import TagPost

    command = TagPost(workspace=workspace, post=post, tags=tuple(tags or ()), reason=reason)
    _decide(command, actor, version, data, json=json)


def _decide(command: "PostCommand", actor: str, version: int | None, data: Path | None, *, json: bool) -> None:
    if "@" in actor or not actor.strip():
        raise typer.BadParameter("must be an id or a label, and never an e-mail address", param_hint="'--actor'")
    from services.cli.ledger import decide

    post = decide(command, data, actor=actor, version=version)
    told = {"archived": post.archived, "deleted": post.deleted, "pinned": post.pinned}
    if json:
        print_json(
            {
                "post": post.post, "board": post.board, "status": post.status, "tags": post.tags, **told,
                "version": post.version,
            }
        )  # fmt: skip
    else:
        stands = ", ".join(
            [post.status, f"on {post.board}", *(mark for mark in told if told[mark]), f"version {post.version}"]
        )
        typer.echo(f"{post.post}: {stands}")
