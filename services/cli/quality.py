"""`groundswell quality`: what happened to posts after they were shipped."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.gate import AsOf, KnownAt, Limit
from services.cli.moments import read_past, read_period
from services.cli.output import print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from projections.quality.outcome_queries import PostQuality, TeamQuality


class By(StrEnum):
    """What there is a row for."""

    team = "team"
    post = "post"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(quality)


def quality(
    workspace: place.Workspace,
    by: Annotated[By, typer.Option("--by", help="A row for each team, or for each post.")] = By.team,
    board: Annotated[str | None, typer.Option("--board", help="Only posts of this board.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="Only posts of this team.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="Only posts first shipped then or later.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Only posts first shipped before.")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    limit: Limit = 50,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show what happened after posts were shipped: reopened, down-votes, complaints, defects that escaped, ratings."""
    moments = read_past(as_of), read_past(known_at, "--known-at")
    first, last = read_period(since, until)
    from projections.moments import Moment
    from projections.quality import outcome_queries as queries
    from services.cli import views
    from services.cli.known import check_known

    settings = place.clickhouse(data)
    which, moment = queries.Shipped(board, team, first, last), Moment(*moments)
    asked = {"as_of": as_of, "known_at": known_at}
    with views.client(settings) as client:
        check_known(client, settings.database, workspace, board=board, team=team)
        if by is By.team:
            query = queries.team_quality_query(settings.database, workspace, moment, which, limit=limit)
            teams = views.rows(client, query, queries.TeamQuality)
            print_json({**asked, "items": [row._asdict() for row in teams]}) if json else _show_teams(teams)
        else:
            query = queries.post_quality_query(settings.database, workspace, moment, which, limit=limit)
            posts = views.rows(client, query, queries.PostQuality)
            print_json({**asked, "items": list(map(_as_json, posts))}) if json else _show_posts(posts)


_COUNTS = ("reopened", "down after", "complaints", "defects", "escaped", "ratings", "mean")


def _show_teams(teams: "Sequence[TeamQuality]") -> None:
    rows = [
        [row.team or "(none)", row.shipped_posts, _share(row.escaped_defect_rate), row.posts_reopened,
         row.down_votes_after, row.complaints, row.defects, row.escaped_defects, row.ratings, _mean(row.mean_rating)]
        for row in teams
    ]  # fmt: skip
    columns = ["team", "shipped", "escaped-defect rate", *_COUNTS]
    print_table(columns, rows, numbers=columns[1:])


def _show_posts(posts: "Sequence[PostQuality]") -> None:
    from events.times import format_time

    rows = [
        [row.post, row.title, row.team, format_time(row.shipped_at)[:10], row.reopened, row.down_votes_after,
         row.complaints, row.defects, row.escaped_defects, row.ratings, _mean(row.mean_rating)]
        for row in posts
    ]  # fmt: skip
    print_table(["post", "title", "team", "shipped", *_COUNTS], rows, numbers=_COUNTS)


def _as_json(row: "PostQuality") -> dict[str, object]:
    from events.times import format_time

    return {**row._asdict(), "shipped_at": format_time(row.shipped_at)}


def _share(share: float | None) -> str:
    return "too few" if share is None else f"{share:.0%}"


def _mean(mean: float | None) -> str:
    return "too few" if mean is None else f"{mean:.1f}"
