"""What is around the votes of a big workspace: statuses, teams and their roadmap, estimates, goals, who pays what.

Of 100,000 posts a fifth are shipped, a tenth are in work and a tenth planned, by ten teams; one vote in twenty is by
somebody of whom a company is known.
"""

from projections.goals.tables import GOAL_LINK_HISTORY, GOAL_LINKS, GOALS
from projections.people.tables import COMPANIES, COMPANY_HISTORY, PEOPLE, PERSON_HISTORY
from projections.planning.tables import ESTIMATE_HISTORY, ESTIMATES, TEAMS
from projections.posts.tables import POST_HISTORY, POSTS, STATUS_HISTORY
from projections.roadmaps.tables import ROADMAP_EDITS, ROADMAP_HISTORY, ROADMAP_ITEMS, ROADMAPS
from projections.table import Table
from projections.votes.tables import VOTE_HISTORY, VOTES
from tests.bench.big_view import BEGAN, DAY
from tests.bench.stack import WORKSPACE, Place, say

TEAM_COUNT = 10
GOAL_COUNT = 20
COMPANY_COUNT = 2000
ROADMAP = "plan"
KNOWN_ONE_IN = 20
"""Voters of whom something is known."""

_LATER = 1_000_000_000
"""A version above those of the rows that are there already."""
_COLUMNS_JSON = '[{"column":"now","name":"Now"},{"column":"next","name":"Next"}]'
_KIND = "multiIf(number % 10 = 0, 'declined', number % 10 < 3, 'shipped', number % 10 < 4, 'in_progress', number % 10 < 5, 'planned', 'open')"  # noqa: E501 - one expression
_STATUS = "replaceOne(if(kind = 'shipped', 'complete', kind), '_', '-')"
_NUMBER = "toUInt32(substring(post, 6))"


def make(place: Place, posts: int) -> None:
    """Add it to what `big_view.make` made."""
    say("statuses, teams, goals and companies into ClickHouse")
    for statement in (
        _votes(place), _posts(place, POSTS), _posts(place, POST_HISTORY), *_statuses(place), *_teams(place),
        *_roadmap(place), *_estimates(place), *_goals(place, posts), *_companies(place), *_persons(place),
    ):  # fmt: skip
        place.client.command(statement, settings={"max_partitions_per_insert_block": 0})


def _into(place: Place, table: Table, columns: str, select: str) -> str:
    return f"INSERT INTO {place.database}.{table.stored_as(1)} ({columns}) SELECT {select}"


def _at(days: str) -> str:
    """So many days after the beginning."""
    return f"fromUnixTimestamp64Milli(toInt64({BEGAN} + ({days}) * {DAY}), 'UTC')"


def _votes(place: Place) -> str:
    return _into(
        place, VOTES, "workspace, post, person, value, importance, since, recorded_at, version",
        f"workspace, post, person, value_after, importance_after, since_after, recorded_at, version "
        f"FROM {place.database}.{VOTE_HISTORY.stored_as(1)}",
    )  # fmt: skip


def _posts(place: Place, table: Table) -> str:
    """Posts again, with the kind that they came to in the end, and a tag."""
    history = table is POST_HISTORY
    change = ", change" if history else ""
    said = "workspace, post, board, title, body, author, created_at"
    words = "" if history else ", title_words, words"
    return _into(
        place, table,
        f"{said}, tags, status, kind, occurred_at, recorded_at, revision, version{words}{change}",
        f"{said}, [['feature', 'polish', 'speed', 'trust'][1 + number % 4]], {_STATUS}, kind, "
        f"{_at('number % 360')} AS at, at, 2, {_LATER}{words}{', ' + chr(39) + 'status' + chr(39) if history else ''} "
        f"FROM (SELECT *, {_NUMBER} AS number, {_KIND} AS kind FROM {place.database}.{POSTS.stored_as(1)} "
        f"WHERE version < {_LATER})",
    )  # fmt: skip


def _statuses(place: Place) -> list[str]:
    """Open when it was written, then planned, in work and shipped on days of their own, one of ten opened again."""
    columns = "workspace, post, revision, status, kind, occurred_at, recorded_at, version"
    steps = (
        (1, "open", "1", "created_at"),
        (2, "planned", "number % 10 BETWEEN 1 AND 4", _at("number % 200")),
        (3, "in_progress", "number % 10 BETWEEN 1 AND 3", _at("number % 200 + number % 23")),
        (4, "shipped", "number % 10 BETWEEN 1 AND 2", _at("number % 200 + number % 23 + 2 + cityHash64(number) % 60")),
        (5, "in_progress", "number % 100 = 1", _at("number % 200 + 90")),
        (6, "shipped", "number % 100 = 1", _at("number % 200 + 99")),
        (7, "declined", "number % 10 = 0", _at("number % 300")),
    )
    return [
        _into(
            place, STATUS_HISTORY, columns,
            f"workspace, post, {revision}, {_STATUS}, '{kind}' AS kind, {moment} AS at, at, {_LATER} + {revision} "
            f"FROM (SELECT workspace, post, created_at, {_NUMBER} AS number "
            f"FROM {place.database}.{POSTS.stored_as(1)} FINAL) WHERE {where}",
        )
        for revision, kind, where, moment in steps
    ]  # fmt: skip


def _teams(place: Place) -> list[str]:
    columns = "workspace, team, name, created_at, occurred_at, recorded_at, revision, version"
    return [
        _into(
            place, TEAMS, columns,
            f"'{WORKSPACE}', 'team-' || toString(number), 'Team ' || toString(number), {_at('0')} AS at, at, at, 1, 1 "
            f"FROM numbers({TEAM_COUNT})",
        )
    ]  # fmt: skip


def _roadmap(place: Place) -> list[str]:
    """Everything that is planned, in work or shipped is a team's; a third of it slipped once, by ten days."""
    head = "workspace, roadmap, name, by, columns, occurred_at, recorded_at, revision, version"
    said = f"'{WORKSPACE}', '{ROADMAP}', 'Plan', 'time', '{_COLUMNS_JSON}', {_at('0')} AS at, at, 1, 1"
    taken_up = (
        f"(SELECT workspace, post, {_NUMBER} AS number, {_at('number % 200')} AS at "
        f"FROM {place.database}.{POSTS.stored_as(1)} FINAL WHERE kind IN ('planned', 'in_progress', 'shipped'))"
    )
    item = "workspace, roadmap, post, revision, placed, column, rank, target, precision, due, owner, team, since, recorded_at, version"  # noqa: E501 - a list
    place_of = (
        f"workspace, '{ROADMAP}', post, {{revision}}, true, if(number % 10 < 4, 'now', 'next'), hex(number), "
        f"toDate({{at}}) + {{days}} AS target, 'day', target, 'owner-' || toString(number % 40), "
        f"'team-' || toString(cityHash64(number) % {TEAM_COUNT}), {{at}}, {{at}}, {{revision}}"
    )
    first = place_of.format(revision="number + 2", at="at", days="60")
    again = place_of.format(revision="number + 1000000", at="at + toIntervalDay(50)", days="20")
    history = f"{item}, change, team_before, due_before, precision_before"
    return [
        _into(place, ROADMAPS, f"{head}, created_at, began_at", f"{said}, at, at"),
        _into(place, ROADMAP_EDITS, f"{head}, change", f"{said}, 'created'"),
        _into(place, ROADMAP_ITEMS, item, f"{first} FROM {taken_up}"),
        _into(place, ROADMAP_HISTORY, history, f"{first}, 'placed', '', toDate(0), '' FROM {taken_up}"),
        _into(place, ROADMAP_ITEMS, item, f"{again} FROM {taken_up} WHERE number % 3 = 0"),
        _into(
            place, ROADMAP_HISTORY, history,
            f"{again}, 'dated', 'team-' || toString(cityHash64(number) % {TEAM_COUNT}), toDate(at) + 60, 'day' "
            f"FROM {taken_up} WHERE number % 3 = 0",
        ),
    ]  # fmt: skip


def _estimates(place: Place) -> list[str]:
    columns = "workspace, post, unit, low, high, occurred_at, recorded_at, revision, version"
    select = (
        f"workspace, post, 'days', 1 + number % 20, 10 + number % 40, {_at('number % 200')} AS at, at, 1, 1 "
        f"FROM (SELECT workspace, post, {_NUMBER} AS number FROM {place.database}.{POSTS.stored_as(1)} FINAL "
        "WHERE kind IN ('planned', 'in_progress', 'shipped')) WHERE number % 2 = 0"
    )
    return [_into(place, table, columns, select) for table in (ESTIMATES, ESTIMATE_HISTORY)]


def _goals(place: Place, posts: int) -> list[str]:
    goal = "workspace, goal, name, key_results, state, created_at, occurred_at, recorded_at, revision, version"
    link = "workspace, goal, post, linked, weight, occurred_at, recorded_at, revision, version"
    said = (
        f"'{WORKSPACE}', 'goal-' || toString(number % {GOAL_COUNT}), 'post-' || toString(number * 7 % {posts}), true, "
        f"1 + number % 100, {_at('number % 300')} AS at, at, number, number FROM numbers({posts // 20})"
    )
    return [
        _into(
            place, GOALS, goal,
            f"'{WORKSPACE}', 'goal-' || toString(number), 'Goal', '[]', 'open', {_at('0')} AS at, at, at, 1, 1 "
            f"FROM numbers({GOAL_COUNT})",
        ),
        _into(place, GOAL_LINKS, link, said),
        _into(place, GOAL_LINK_HISTORY, link, said),
    ]  # fmt: skip


_PAYS = """['team', 'business', 'enterprise'][1 + number % 3] AS plan,
  [4900, 99000, 900000][1 + number % 3] + number % 1000, if(number % 3 = 0, 'USD', 'EUR')"""


def _companies(place: Place) -> list[str]:
    now = (
        "workspace, company, name, plan, spend, currency, traits, fields, first_seen, updated_at, recorded_at, version"
    )
    past = "workspace, company, occurred_at, `offset`, plan, spend, currency, traits, fields, recorded_at, version"
    of = f"'{WORKSPACE}', 'company-' || toString(number)"
    at, source = f"{_at('0')} AS at", f"FROM numbers({COMPANY_COUNT})"
    fields = "'{}', '{\"plan\":\"' || plan || '\"}'"
    return [
        _into(place, COMPANIES, now, f"{of}, 'Company', {_PAYS}, {fields}, {at}, at, at, 1 {source}"),
        _into(place, COMPANY_HISTORY, past, f"{of}, {at}, 1, {_PAYS}, {fields}, at, 1 {source}"),
    ]


def _persons(place: Place) -> list[str]:
    now = "workspace, person, company, traits, fields, first_seen, updated_at, recorded_at, version"
    past = "workspace, person, occurred_at, `offset`, company, traits, fields, recorded_at, version"
    known = (
        f"(SELECT DISTINCT workspace, person, cityHash64(person) AS number "
        f"FROM {place.database}.{VOTES.stored_as(1)} WHERE number % {KNOWN_ONE_IN} = 0)"
    )
    at = f"{_at('0')} AS at"
    company = f"'company-' || toString(intDiv(number, {KNOWN_ONE_IN}) % {COMPANY_COUNT})"
    return [
        _into(place, PEOPLE, now, f"workspace, person, {company}, '{{}}', '{{}}', {at}, at, at, 1 FROM {known}"),
        _into(
            place, PERSON_HISTORY, past, f"workspace, person, {at}, 1, {company}, '{{}}', '{{}}', at, 1 FROM {known}"
        ),
    ]
