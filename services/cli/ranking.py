"""`groundswell ranking`."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.moments import read_moment
from services.cli.output import output_width, print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from projections.ranking.query import RankedPost

MAX_LIMIT = 1000
WIDE = 120
"""How many characters a line must have for the ids to be shown."""


class By(StrEnum):
    """The built-in formulas (`projections.ranking.formulas`, which a test holds to this list)."""

    top = "top"
    trending = "trending"
    recent = "recent"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(ranking)


def ranking(
    workspace: place.Workspace,
    by: Annotated[By, typer.Option("--by", help="The formula.")] = By.top,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="As it stood then: 2026-01-31 or 2026-01-31T12:00:00Z.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="How many posts.")] = 20,
    board: Annotated[str | None, typer.Option("--board", help="Only this board.")] = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show a ranking, now or as of any moment."""
    moment = read_moment(as_of)  # before anything slow
    from projections.ranking.formulas import FORMULAS
    from projections.ranking.query import RankingRequest
    from services.cli import views

    settings = place.clickhouse(data)
    request = RankingRequest(workspace=workspace, formula=FORMULAS[by.value], limit=limit, board=board, as_of=moment)
    with views.client(settings) as client:
        posts = views.rank(client, settings.database, request)
    if json:
        print_json({"formula": by.value, "as_of": as_of, "items": [_as_json(post) for post in posts]})
    elif posts:
        show(posts)
    else:
        typer.echo(f"No posts in workspace {workspace!r}" + (f" as of {as_of}." if as_of else "."), err=True)


def show(posts: "Sequence[RankedPost]") -> None:
    """The posts as a table; their ids only where there is room for them whole."""
    columns = ["rank", "score", "up", "down", "title", "board", "post"]
    rows = [[post.rank, post.score, post.up, post.down, _title(post), post.board, post.post] for post in posts]
    if output_width() < WIDE:
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    print_table(columns, rows, numbers=("rank", "score", "up", "down"), shorten=True)


def _title(post: "RankedPost") -> str:
    return post.title if post.status == "open" else f"{post.title} ({post.status})"


def _as_json(post: "RankedPost") -> dict[str, object]:
    from events.times import format_time

    last = post.last_vote_at
    return {
        **post._asdict(),
        "created_at": format_time(post.created_at),
        "last_vote_at": None if last is None else format_time(last),
    }
