"""`groundswell ranking`, `what-if`, `movement` and `rank-history`."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from services.cli import place
from services.cli.moments import read_moment, read_past
from services.cli.output import output_width, print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from projections.ranking.formulas import Formula
    from projections.ranking.query import RankedPost
    from projections.ranking.what_if import MovedPost

MAX_LIMIT = 1000
WIDE = 120
"""How many characters a line must have for the ids to be shown."""

By = Annotated[str, typer.Option("--by", help="The formula: groundswell formula list shows them.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="As it stood then: 2026-01-31 or 2026-01-31T12:00:00Z.")]
KnownAt = Annotated[str | None, typer.Option("--known-at", help="As it was known then.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="How many posts.")]
Board = Annotated[str | None, typer.Option("--board", help="Only this board.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(ranking)
    app.command(name="what-if")(what_if)
    app.command()(movement)
    app.command(name="rank-history")(rank_history)


def ranking(
    workspace: place.Workspace,
    by: By = "top",
    as_of: AsOf = None,
    known_at: KnownAt = None,
    limit: Limit = 20,
    board: Board = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show a ranking, now or as of any moment."""
    moment, known = read_moment(as_of), read_moment(known_at, "--known-at")  # before anything slow
    from projections.ranking.query import RankingRequest
    from services.cli import ranked, views
    from services.cli.known import check_known

    ranked.check_name(by)
    settings = place.clickhouse(data)
    with views.client(settings) as client:
        check_known(client, settings.database, workspace, board=board)
        formula = ranked.formula(client, settings.database, workspace, by)
        request = RankingRequest(
            workspace=workspace, formula=formula, limit=limit, board=board, as_of=moment, known_at=known,
            now=ranked.now(),
        )  # fmt: skip
        posts = ranked.asked(lambda: views.rank(client, settings.database, request))
    if json:
        print_json({"formula": by, "as_of": as_of, "items": [_as_json(post, formula) for post in posts]})
    elif posts:
        show(posts, formula)
    else:
        typer.echo(f"No posts in workspace {workspace!r}" + (f" as of {as_of}." if as_of else "."), err=True)


def what_if(
    workspace: place.Workspace,
    by: By = "hot",
    expression: Annotated[
        str | None, typer.Option("--expression", help="An expression instead: see docs/formulas.md.")
    ] = None,
    compare_to: Annotated[str, typer.Option("--compare-to", help="The formula to compare it with.")] = "top",
    as_of: AsOf = None,
    known_at: KnownAt = None,
    limit: Limit = 20,
    board: Board = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Rank the same history by another formula, and see what moves."""
    moment, known = read_past(as_of), read_past(known_at, "--known-at")
    from projections.ranking.what_if import WhatIfRequest, moved, what_if_query
    from services.cli import ranked, views
    from services.cli.known import check_known

    ranked.check_name(by)
    ranked.check_name(compare_to, "--compare-to")
    own = None if expression is None else ranked.adhoc(expression)
    settings = place.clickhouse(data)
    with views.client(settings) as client:
        check_known(client, settings.database, workspace, board=board)
        formula = own or ranked.formula(client, settings.database, workspace, by)
        for segment in sorted(own.segments if own else ()):
            check_known(client, settings.database, workspace, segment=segment)
        other = ranked.formula(client, settings.database, workspace, compare_to)
        request = WhatIfRequest(
            workspace=workspace, formula=formula, compare_to=other, limit=limit, board=board, as_of=moment,
            known_at=known, now=ranked.now(),
        )  # fmt: skip
        query = ranked.asked(lambda: what_if_query(request, settings.database))
        posts = moved(client.query(query.sql, parameters=dict(query.parameters)).result_rows, formula, other)
    if json:
        terms = {"formula": formula.name or None, "expression": formula.expression, "compare_to": compare_to}
        print_json({**terms, "as_of": as_of, "items": [{**post._asdict(), "moved": post.moved} for post in posts]})
    else:
        _show_moved(posts, formula.name or "expression", compare_to)


def movement(
    workspace: place.Workspace,
    since: Annotated[str, typer.Option("--since", help="The earlier moment: 2026-01-31 or 2026-01-31T12:00:00Z.")],
    by: By = "top",
    as_of: AsOf = None,
    limit: Limit = 20,
    board: Board = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show what moved in a ranking since a date."""
    begun, moment = read_past(since, "--since") or 0, read_past(as_of)
    from projections.ranking.what_if import MovementRequest, moved, movement_query
    from services.cli import ranked, views
    from services.cli.known import check_known

    ranked.check_name(by)
    settings = place.clickhouse(data)
    with views.client(settings) as client:
        check_known(client, settings.database, workspace, board=board)
        formula = ranked.formula(client, settings.database, workspace, by)
        request = MovementRequest(
            workspace=workspace, formula=formula, since=begun, limit=limit, board=board, as_of=moment,
            now=ranked.now(),
        )  # fmt: skip
        query = ranked.asked(lambda: movement_query(request, settings.database))
        posts = moved(client.query(query.sql, parameters=dict(query.parameters)).result_rows, formula, formula)
    if json:
        items = [{**post._asdict(), "moved": post.moved} for post in posts]
        print_json({"formula": by, "since": since, "as_of": as_of, "items": items})
    else:
        _show_moved(posts, "now" if as_of is None else as_of, since)


def rank_history(
    post: Annotated[str, typer.Argument(help="The post's id.", show_default=False)],
    workspace: place.Workspace,
    begin: Annotated[str, typer.Option("--from", help="The first day, or month: 2026-01-31.")],
    end: Annotated[str | None, typer.Option("--to", help="The last one. Default: now.")] = None,
    every: Annotated[Literal["day", "week", "month"], typer.Option("--every", help="How far apart.")] = "month",
    by: By = "top",
    board: Board = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show a post's place at each day, week or month of any range."""
    first, last = read_moment(begin, "--from") or 0, read_moment(end, "--to")
    from events.times import format_time
    from projections.ranking.rank_history import RankHistoryRequest, places, rank_history_query
    from services.cli import ranked, views
    from services.cli.known import check_known

    ranked.check_name(by)
    settings = place.clickhouse(data)
    with views.client(settings) as client:
        check_known(client, settings.database, workspace, board=board)
        formula = ranked.formula(client, settings.database, workspace, by)
        request = RankHistoryRequest(
            workspace=workspace, post=post, formula=formula, begin=first, end=last or ranked.now(), every=every,
            board=board,
        )  # fmt: skip
        query = ranked.asked(lambda: rank_history_query(request, settings.database))
        found = places(request, client.query(query.sql, parameters=dict(query.parameters)).result_rows)
    if json:
        items = [{**each._asdict(), "at": format_time(each.at)} for each in found]
        print_json({"post": post, "formula": by, "every": every, "items": items})
    elif found:
        rows = [[format_time(each.at)[:10], each.rank, each.of, f"{each.value:.10g}"] for each in found]
        print_table(["at", "rank", "of", "value"], rows, numbers=("rank", "of", "value"))
    else:
        typer.echo(f"Post {post!r} of workspace {workspace!r} was in no ranking then.", err=True)


def show(posts: "Sequence[RankedPost]", formula: "Formula | None" = None) -> None:
    """The posts as a table, with what a formula gave; their ids only where there is room for them whole."""
    columns = ["rank", "score", "up", "down", "title", "board", "post"]
    rows = [[post.rank, post.score, post.up, post.down, _title(post), post.board, post.post] for post in posts]
    if formula is not None and formula.name != "top":
        columns.insert(1, "value")
        for row, post in zip(rows, posts, strict=True):
            row.insert(1, f"{formula.shown(post.value):.6g}")
    if output_width() < WIDE:
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    print_table(columns, rows, numbers=("rank", "value", "score", "up", "down"), shorten=True)


def _show_moved(posts: "Sequence[MovedPost]", after: str, before: str) -> None:
    columns = [after, before, "moved", "score", "title", "post"]
    rows = [
        [post.rank or "-", post.rank_before or "-", _arrow(post.moved), post.score, post.title, post.post]
        for post in posts
    ]
    if output_width() < WIDE:
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    print_table(columns, rows, numbers=(after, before, "moved", "score"), shorten=True)


def _arrow(moved: int | None) -> str:
    return "" if moved is None else f"{moved:+d}" if moved else "="


def _title(post: "RankedPost") -> str:
    return post.title if post.status == "open" else f"{post.title} ({post.status})"


def _as_json(post: "RankedPost", formula: "Formula") -> dict[str, object]:
    from events.times import format_time

    last = post.last_vote_at
    return {
        **post._asdict(),
        "created_at": format_time(post.created_at),
        "last_vote_at": None if last is None else format_time(last),
        "value": formula.shown(post.value),
    }
