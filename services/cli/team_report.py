"""Asking the views how the work of teams went, for a command."""

import time

from clickhouse_connect.driver.client import Client

from projections.moments import Moment
from projections.planning import queries
from projections.planning.queries import Delivered, Span, TeamRow, TeamWork
from projections.planning.report import MOST_KINDS, MOST_POSTS, MOST_TEAMS, TeamsReport, report
from services.cli import views
from services.cli.errors import CliError


def told(client: Client, database: str, workspace: str, team: str | None, span: Span, moment: Moment) -> TeamsReport:
    """What is told of one team or all.

    Raises:
        CliError: if there is no such team, or too much was delivered to be told of at once.
    """
    names = views.rows(client, queries.team_names_query(database, workspace, moment, limit=MOST_TEAMS), TeamRow)
    asked = queries.work_query(database, workspace, limit=MOST_KINDS, team=team, span=span, moment=moment)
    work = views.rows(client, asked, TeamWork)
    if team is not None and all(row.team != team for row in names) and not work:
        raise CliError(f"there is no team {team!r} in workspace {workspace!r}")
    of_posts = queries.delivered_query(database, workspace, limit=MOST_POSTS + 1, span=span, moment=moment)
    posts = views.rows(client, of_posts, Delivered)
    if len(posts) > MOST_POSTS:
        raise CliError(f"more than {MOST_POSTS} posts were delivered then: ask for a shorter period with --from, --to")
    now = time.time_ns() // 1_000_000 if moment.as_of is None else moment.as_of
    return report(names, work, posts, span, now, team)
