"""The cookbook's questions answered by a plain program over raw rows: what its SQL must come to."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

Ask = Callable[[str], list[tuple]]
DAY = timedelta(days=1)


class Raw:
    """The sample's raw rows, asked once."""

    def __init__(self, ask: Ask) -> None:
        def of(columns: str, view: str, more: str = "1") -> list[tuple]:
            return ask(f"SELECT {columns} FROM groundswell.{view} WHERE workspace = 'demo' AND {more}")

        self.posts = {
            row[0]: row for row in of("post, board, title, kind, archived, merged_into, toString(created_at)", "posts")
        }
        self.votes = of("post, person, value", "votes")
        self.changes = [
            (*row[:5], moment(row[5]), row[6], row[7])
            for row in of(
                "post, person, change, value_before, value_after, toString(occurred_at), offset, partition",
                "vote_history",
            )
        ]
        self.people = dict(of("person, company", "people"))
        self.companies = defaultdict(lambda: ("", 0, ""))
        self.companies |= {row[0]: row[1:] for row in of("company, plan, spend, currency", "companies")}
        self.phones = {row[0] for row in of("person, traits", "people") if '"device":"phone"' in row[1]}
        self.comments = of("author, post", "comments", "NOT deleted AND NOT internal")
        self.stays = [
            (post, kind, moment(since), None if until is None else moment(until))
            for post, kind, since, until in of("post, kind, toString(since), toString(until)", "status_history")
        ]
        self.teams = dict(of("post, team", "post_teams"))
        self.links = of("goal, post", "goal_links")
        self.open_goals = {row[0] for row in of("goal", "goals", "state = 'open'")}
        self.ratings = of("post, rating", "satisfaction")

    def listed(self) -> list[tuple]:
        """The posts of the ranking."""
        return [row for row in self.posts.values() if not row[4] and not row[5]]

    def tally(self) -> dict[str, tuple[int, int]]:
        """Up and down of each post."""
        up = Counter(post for post, _, value in self.votes if value == 1)
        down = Counter(post for post, _, value in self.votes if value == -1)
        return {post: (up[post], down[post]) for post in self.posts}

    def stood(self, at: datetime) -> Counter:
        """Scores at a moment: all changes up to it, added up."""
        scores: Counter = Counter()
        for post, _, _, before, after, when, *_ in self.changes:
            scores[post] += after - before if when <= at else 0
        return scores


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def month(when: datetime) -> str:
    return f"{when:%Y-%m}-01"


def quarter(when: datetime) -> str:
    return f"{when:%Y}-{(when.month - 1) // 3 * 3 + 1:02}-01"


def most_wanted(raw: Raw) -> list[tuple]:
    tally = raw.tally()
    rows = [
        (row[2], row[1], tally[row[0]][0] - tally[row[0]][1], *tally[row[0]], row[6], row[0])
        for row in raw.listed()
        if row[3] == "open"
    ]
    return [row[:5] for row in sorted(rows, key=lambda row: (-row[2], row[5], row[6]))[:10]]


def months(raw: Raw) -> list[tuple]:
    came = Counter(month(change[5]) for change in raw.changes if change[2] == "cast")
    went = Counter(month(change[5]) for change in raw.changes if change[2] == "withdrawn")
    return [(each, came[each], went[each]) for each in sorted(came | went)]


def regretted(raw: Raw) -> list[tuple]:
    lines: dict[tuple, list] = defaultdict(list)
    for post, person, change, _, _, when, offset, _ in raw.changes:
        lines[post, person].append((when, offset, change))
    found: Counter = Counter()
    for (post, _), line in lines.items():
        line.sort()
        for before, after in pairwise(line):
            found[post] += after[2] == "withdrawn" and after[0] - before[0] < DAY
    return sorted(((post, count) for post, count in found.items() if count), key=lambda row: (-row[1], row[0]))[:10]


def voters(raw: Raw) -> list[tuple]:
    cast = [(person, when) for _, person, change, _, _, when, *_ in raw.changes if change == "cast"]
    first: dict[str, datetime] = {}
    seen: dict[str, set] = defaultdict(set)
    for person, when in cast:
        first[person] = min(when, first.get(person, when))
        seen[quarter(when)].add(person)
    return [(each, len(who), sum(quarter(first[one]) == each for one in who)) for each, who in sorted(seen.items())]


def together(raw: Raw) -> list[tuple]:
    wishes: dict[str, list] = defaultdict(list)
    for post, person, value in raw.votes:
        if value == 1:
            wishes[person].append(post)
    pairs = Counter((one, other) for each in wishes.values() for one in each for other in each if one < other)
    return sorted(((*pair, count) for pair, count in pairs.items()), key=lambda row: (-row[2], row[:2]))[:10]


def enterprise(raw: Raw) -> list[tuple]:
    up, behind = Counter(), defaultdict(set)
    for post, person, value in raw.votes:
        company = raw.people.get(person, "")
        if company and raw.companies[company][0] == "enterprise":
            up[post] += value == 1
            behind[post] |= {company} if value == 1 else set()
    euros = {
        post: sum(raw.companies[each][1] for each in who if raw.companies[each][2] == "EUR")
        for post, who in behind.items()
    }
    rows = [(post, up[post], len(who), euros[post]) for post, who in behind.items()]
    return sorted(rows, key=lambda row: (-row[3], -row[1], row[0]))[:10]


def behind_the_first(raw: Raw) -> list[tuple]:
    tally = raw.tally()
    first = min(raw.listed(), key=lambda row: (tally[row[0]][1] - tally[row[0]][0], row[6], row[0]))[0]
    up, down = Counter(), Counter()
    for post, person, value in raw.votes:
        if post == first and raw.people.get(person):
            (up if value == 1 else down)[raw.people[person]] += 1
    rows = [(each, up[each], down[each], *raw.companies[each][1:]) for each in up | down]
    return sorted(rows, key=lambda row: (-row[1], row[0]))[:20]


def waiting(raw: Raw) -> list[tuple]:
    behind: dict[str, set] = defaultdict(set)
    for post, person, value in raw.votes:
        company = raw.people.get(person, "")
        if (
            value == 1
            and post in raw.posts
            and raw.posts[post][3] == "open"
            and company
            and raw.companies[company][2] == "EUR"
        ):
            behind[raw.posts[post][1]].add(company)
    rows = [(board, len(who), sum(raw.companies[each][1] for each in who)) for board, who in behind.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def phones(raw: Raw) -> list[tuple]:
    on = [(raw.posts[post][1], person in raw.phones) for post, person, _ in raw.votes]
    return [
        (board, sum(1 for each, _ in on if each == board), sum(phone for each, phone in on if each == board))
        for board in sorted({board for board, _ in on})
    ]


def spoke(raw: Raw) -> list[tuple]:
    posts: dict[str, list] = defaultdict(list)
    for author, post in raw.comments:
        posts[author].append(post)
    rows = [(author, len(on), len(set(on))) for author, on in posts.items()]
    return sorted(rows, key=lambda row: (-row[1], row[0]))[:10]


def stays(raw: Raw) -> list[tuple]:
    days: dict[str, list] = defaultdict(list)
    for _, kind, since, until in raw.stays:
        if until is not None:
            days[kind].append(int(until.timestamp()) - int(since.timestamp()))
    return [(kind, len(each), round(sorted(each)[len(each) // 2] / 86400, 1)) for kind, each in sorted(days.items())]


def stood_at(raw: Raw) -> list[tuple]:
    found: Counter = Counter()
    for day in (date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)):
        end = datetime(day.year, day.month, day.day, tzinfo=UTC)
        for _, kind, since, until in raw.stays:
            found[str(day), kind] += since < end and (until is None or until >= end)
    return [(*key, count) for key, count in sorted(found.items()) if count]


def shipped(raw: Raw) -> list[tuple]:
    """Team, how many, and the votes on them; the days are looked at apart."""
    first: dict[str, datetime] = {}
    for post, kind, since, _ in raw.stays:
        if kind == "shipped":
            first[post] = min(since, first.get(post, since))
    in_quarter = [post for post, when in first.items() if quarter(when) == "2026-07-01"]
    tally = raw.tally()
    teams = {
        team: [post for post in in_quarter if raw.teams.get(post, "") == team]
        for team in {raw.teams.get(post, "") for post in in_quarter}
    }
    return [(team, len(posts), sum(tally[post][0] for post in posts)) for team, posts in sorted(teams.items())]


def behind_goals(raw: Raw) -> list[tuple]:
    posts: dict[str, set] = defaultdict(set)
    for goal, post in raw.links:
        posts[goal].add(post)
    rows = []
    for goal, linked in posts.items():
        up = [(post, person) for post, person, value in raw.votes if value == 1 and post in linked]
        rows.append((goal, len({post for post, _ in up}), len(up), len({person for _, person in up})))
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def rated(raw: Raw) -> dict[str, tuple[int, float]]:
    """By title: how many ratings, and their mean; of those with at least five."""
    given: dict[str, list] = defaultdict(list)
    for post, rating in raw.ratings:
        given[raw.posts[post][2]].append(rating)
    return {title: (len(each), round(statistics.mean(each), 2)) for title, each in given.items() if len(each) >= 5}
