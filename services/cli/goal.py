"""`groundswell goal`: goals, what they are measured by, and which posts serve them."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import goal_views, place
from services.cli.goal_views import AsOf, KnownAt
from services.cli.moments import read_moment, read_past
from services.cli.output import print_json

if TYPE_CHECKING:
    from events.domain.goals.commands import GoalCommand

app = typer.Typer(help="Goals, what they are measured by, and which posts serve them.", no_args_is_help=True)

ACTOR = "command line"
MAX_LIMIT = 1000

Goal = Annotated[str, typer.Argument(help="The goal's id.", show_default=False)]
Post = Annotated[str, typer.Argument(help="The post's id.", show_default=False)]
KeyResult = Annotated[str, typer.Argument(help="The key result's id.", show_default=False)]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]
Actor = Annotated[str, typer.Option("--actor", help="Who decides: an id or a label, never an e-mail address.")]
At = Annotated[str | None, typer.Option("--at", help="When it was: 2026-01-31. Default: now.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="How many.")]


class State(StrEnum):
    """How a goal stands."""

    open = "open"
    achieved = "achieved"
    missed = "missed"
    dropped = "dropped"


class Outcome(StrEnum):
    """What came of a goal."""

    achieved = "achieved"
    missed = "missed"
    dropped = "dropped"


@app.command()
def put(
    goal: Goal,
    workspace: place.Workspace,
    name: Annotated[str, typer.Option("--name", help="What it is called.")],
    description: Annotated[str, typer.Option("--description", help="What it is about.")] = "",
    target: Annotated[str | None, typer.Option("--target", help="By the end of which day: 2027-06-30.")] = None,
    key_result: Annotated[
        list[str] | None,
        typer.Option(
            "--key-result",
            help='What it is measured by, several times for more: \'{"key_result": "churn", "name": "Monthly churn", '
            '"unit": "%", "start": 3.4, "target": 2}\'.',
        ),
    ] = None,
    reason: Reason = "",
    at: At = None,
    actor: Actor = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Define a goal, or change it: what is left out is taken away."""
    import msgspec

    from events.domain.goals.commands import PutGoal
    from events.domain.goals.events import KeyResult

    key_results: list[KeyResult] = []
    for text in key_result or []:
        try:
            key_results.append(msgspec.json.decode(text, type=KeyResult))
        except msgspec.MsgspecError as error:
            raise typer.BadParameter(f"{text!r} can't be read: {error}", param_hint="'--key-result'") from error
    command = PutGoal(
        workspace=workspace, goal=goal, name=name, description=description, target_day=target, key_results=key_results,
        reason=reason, at=_moment(at),
    )  # fmt: skip
    _decide(command, actor, data, json=json)


@app.command()
def measure(
    goal: Goal,
    key_result: KeyResult,
    value: Annotated[float, typer.Argument(help="What it stands at.", show_default=False)],
    workspace: place.Workspace,
    reason: Reason = "",
    at: At = None,
    actor: Actor = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Note what a key result stands at, or stood at. A value below 0 goes after two dashes: `-- -3`."""
    from events.domain.goals.commands import MeasureKeyResult

    command = MeasureKeyResult(
        workspace=workspace, goal=goal, key_result=key_result, value=value, reason=reason, at=_moment(at)
    )
    _decide(command, actor, data, json=json)


@app.command()
def link(
    goal: Goal,
    post: Post,
    workspace: place.Workspace,
    weight: Annotated[int, typer.Option("--weight", min=1, max=100, help="Against its links to other goals.")] = 100,
    reason: Reason = "",
    at: At = None,
    actor: Actor = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Have a post serve a goal."""
    from events.domain.goals.commands import LinkGoal

    command = LinkGoal(workspace=workspace, goal=goal, post=post, weight=weight, reason=reason, at=_moment(at))
    _decide(command, actor, data, json=json)


@app.command()
def unlink(
    goal: Goal,
    post: Post,
    workspace: place.Workspace,
    reason: Reason = "",
    at: At = None,
    actor: Actor = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Have a post serve a goal no longer."""
    from events.domain.goals.commands import UnlinkGoal

    command = UnlinkGoal(workspace=workspace, goal=goal, post=post, reason=reason, at=_moment(at))
    _decide(command, actor, data, json=json)


@app.command()
def close(
    goal: Goal,
    outcome: Annotated[Outcome, typer.Argument(help="What came of it.", show_default=False)],
    workspace: place.Workspace,
    reason: Reason = "",
    at: At = None,
    actor: Actor = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Say what came of a goal."""
    from events.domain.goals.commands import CloseGoal

    command = CloseGoal(workspace=workspace, goal=goal, outcome=outcome.value, reason=reason, at=_moment(at))
    _decide(command, actor, data, json=json)


@app.command()
def reopen(
    goal: Goal,
    workspace: place.Workspace,
    reason: Reason = "",
    at: At = None,
    actor: Actor = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Have a closed goal worked for again."""
    from events.domain.goals.commands import ReopenGoal

    command = ReopenGoal(workspace=workspace, goal=goal, reason=reason, at=_moment(at))
    _decide(command, actor, data, json=json)


@app.command(name="list")
def list_goals(
    workspace: place.Workspace,
    state: Annotated[State | None, typer.Option("--state", help="Only these.")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    limit: Limit = 100,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show goals, and how far they have come."""
    moments = read_past(as_of), read_past(known_at, "--known-at")
    goal_views.show_goals(data, workspace, None if state is None else state.value, moments, limit, json=json)


@app.command()
def show(
    goal: Goal,
    workspace: place.Workspace,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show a goal: its key results, the posts that serve it, and what was decided on it."""
    goal_views.show_goal(data, workspace, goal, (read_past(as_of), read_past(known_at, "--known-at")), json=json)


@app.command()
def coverage(
    workspace: place.Workspace,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    posts: Annotated[int, typer.Option("--posts", min=0, max=500, help="How many posts with no goal.")] = 10,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show what stands behind each goal, goals with no demand, and the demand with no goal."""
    goal_views.show_coverage(data, workspace, (read_past(as_of), read_past(known_at, "--known-at")), posts, json=json)


def _decide(command: "GoalCommand", actor: str, data: Path | None, *, json: bool) -> None:
    from services.cli.ledger import decide

    saved = decide(command, data, actor=actor)
    if json:
        print_json({"goal": saved.goal, "state": saved.state, "version": saved.version, "posts": len(saved.links)})
    else:
        typer.echo(f"goal {saved.goal} is {saved.state}, at version {saved.version}, with {len(saved.links)} posts")


def _moment(at: str | None) -> str | None:
    from events.times import format_time

    moment = read_moment(at, "--at")
    return None if moment is None else format_time(moment)
