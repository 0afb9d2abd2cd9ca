"""`groundswell demand`: what customers ask for, what it is worth, and who asks for a post."""

import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import money, place
from services.cli.moments import read_past
from services.cli.output import print_json, print_table, printable

if TYPE_CHECKING:
    from projections.customers.demand import Dimension
    from projections.customers.post_queries import Part, PostDemand
    from projections.customers.queries import AskedFor
    from projections.customers.request import Group
    from projections.customers.said import Said
    from services.cli.demand_views import DemandViews

MAX_LIMIT = 1000
MAX_DAYS = 3660
SAID_CHARACTERS = 200
"""So much of a comment is shown."""


class By(StrEnum):
    """What comes first (`projections.customers.request.By`, which a test holds to this list)."""

    votes = "votes"
    importance = "importance"
    spend_now = "spend_now"
    spend_then = "spend_then"
    rising = "rising"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demand)


def demand(
    workspace: place.Workspace,
    post: Annotated[str | None, typer.Option("--post", help="Who asks for this one post.")] = None,
    segment: Annotated[str | None, typer.Option("--segment", help="Only what its members ask for.")] = None,
    plan: Annotated[str | None, typer.Option("--plan", help="Only what customers of this plan ask for.")] = None,
    company: Annotated[str | None, typer.Option("--company", help="Only what its people ask for.")] = None,
    by: Annotated[By, typer.Option("--by", help="What comes first.")] = By.votes,
    currency: Annotated[str | None, typer.Option("--currency", help="For the orders by spend: EUR.")] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=MAX_DAYS, help="Held against as many before.")] = 30,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="As it was then: 2026-01-31 or 2026-01-31T12:00:00Z.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="How many posts.")] = 20,
    comments: Annotated[int, typer.Option("--comments", min=0, max=100, help="How many of their comments.")] = 5,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show what customers ask for and what it is worth a month, or who asks for a post.

    Spend counts each company once: as of the votes, and now. With --json it is in the minor unit of its currency.
    """
    moment = read_past(as_of)
    group = _group({"segment": segment, "plan": plan, "company": company})
    if (currency is None) == by.value.startswith("spend"):
        message = "goes with --by spend_now and --by spend_then, and only with them"
        raise typer.BadParameter(message, param_hint="'--currency'")
    from projections.customers.request import Asked, Window
    from services.cli import views
    from services.cli.demand_views import DemandViews
    from services.cli.known import check_known

    asked = Asked(workspace, group, moment)
    window = Window(time.time_ns() // 1_000_000 if moment is None else moment, days)
    settings = place.clickhouse(data)
    with views.client(settings) as client:
        check_known(client, settings.database, workspace, segment=segment)
        reader = DemandViews(client, settings.database, asked, window)
        if post is None:
            _list(reader, by, currency or "", limit, comments, json=json)
        else:
            _post(reader, post, comments, json=json)


def _group(named: "dict[Dimension, str | None]") -> "Group | None":
    from projections.customers.request import Group

    groups = [Group(dimension, asker) for dimension, asker in named.items() if asker is not None]
    if len(groups) > 1:
        raise typer.BadParameter("name one of them", param_hint="'--segment', '--plan' or '--company'")
    return groups[0] if groups else None


def _list(reader: "DemandViews", by: By, currency: str, limit: int, comments: int, *, json: bool) -> None:
    size, posts = reader.size(), reader.posts(by.value, currency, limit)
    said = reader.said([post.post for post in posts], comments)
    if json:
        items = [{**post._asdict(), "momentum": _momentum(post)} for post in posts]
        print_json({**_about(reader), "size": size, "by": by.value, "items": items, "comments": said})
        return
    typer.echo(f"{size.persons} known persons, {size.companies} companies, {money.spend(size.spend)} a month")
    rows = [
        [post.up, post.down, post.importance, post.companies, money.spend(post.spend_then), money.spend(post.spend_now),
         f"{post.recent} / {post.before} {_direction(post)}", post.title]
        for post in posts
    ]  # fmt: skip
    print_table(
        [*_BEHIND, f"last {reader.window.days} days / before", "title"], rows, numbers=_BEHIND[:4], shorten=True
    )
    _print_said(said)


def _post(reader: "DemandViews", post: str, comments: int, *, json: bool) -> None:
    whole, said = reader.post(post), reader.said([post], comments, of_voters=True)
    demand = whole.demand
    if json:
        split = {f"by_{dimension}": parts for dimension, parts in whole.parts.items()}
        about = {**_about(reader), "post": post, **demand._asdict(), "momentum": _momentum(demand)}
        print_json({**about, **split, "comments": said})
        return
    typer.echo(
        f"{demand.up} up, {demand.down} down, importance {demand.importance}, {demand.companies} companies, "
        f"{money.spend(demand.spend_then)} a month as of the votes, {money.spend(demand.spend_now)} now; "
        f"last {reader.window.days} days {demand.recent}, before {demand.before} {_direction(demand)}"
    )
    for dimension, parts in whole.parts.items():
        if parts:
            print_table([dimension, *_BEHIND], [_part(dimension, part) for part in parts], numbers=_BEHIND[:4])
    _print_said(said)


_BEHIND = ("up", "down", "importance", "companies", "spend then", "spend now")


def _part(dimension: str, part: "Part") -> list[object]:
    name = part.asker if part.askers == 1 and part.asker else f"{part.askers} others"
    if part.place == 0:
        name = f"no {dimension}"
    paid = [money.spend(part.spend_then), money.spend(part.spend_now)]
    return [name, part.up, part.down, part.importance, part.companies, *paid]


def _about(reader: "DemandViews") -> dict[str, object]:
    from events.times import format_time

    asked = reader.asked
    return {
        "group": None if asked.group is None else {asked.group.dimension: asked.group.asker},
        "as_of": None if asked.as_of is None else format_time(asked.as_of),
        "days": reader.window.days,
    }


def _momentum(row: "AskedFor | PostDemand") -> dict[str, object]:
    from projections.customers.rising import Momentum

    momentum = Momentum(row.recent, row.before)
    return {"direction": momentum.direction, "why": momentum.why}


def _direction(row: "AskedFor | PostDemand") -> str:
    return str(_momentum(row)["direction"] or "(too few to say)")


def _print_said(said: "list[Said]") -> None:
    from events.times import format_time

    for comment in said:
        mark = " (internal)" if comment.internal else ""
        text = " ".join(comment.body.split())[:SAID_CHARACTERS]
        when = format_time(comment.created_at)[:10]
        typer.echo(printable(f"{when} {comment.author} on {comment.post}{mark}: {text}"))
