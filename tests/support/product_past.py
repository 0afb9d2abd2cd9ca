"""A workspace's past as events, put on a log as one likes, and what metrics say of it, reckoned in the plainest way.

Nothing here is SQL or a fold of ours: how things stood at a moment is worked out from the events, for each moment anew.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from events import rulings
from events.domain.event import DomainEvent
from events.domain.merging.events import PostMerged, PostUnmerged
from events.domain.posts.events import (
    PostArchived,
    PostDeleted,
    PostRestored,
    PostStatusChanged,
    PostUnarchived,
)
from events.domain.vocabulary import PostSubmitted
from events.log.batch import RecordBatch
from events.times import Millis, format_time, parse_time
from projections.metrics.query import Point
from tests.support import naive_rules
from tests.support.ballots import TOPIC, Vote
from tests.support.ledger import MemoryLedger
from tests.support.naive_rules import Ruled, Said

BEGAN: Millis = 1_800_000_000_000
"""When the first record was appended, long after all that is told of; each takes a second."""
DAY = 86_400_000
SINGLE = 5
"""From fewer than so many nothing is stated."""


@dataclass(frozen=True)
class Decided:
    """A decision on a post: `what` is a kind of status, or submitted, archived, deleted, merged, ..."""

    post: str
    what: str
    at: Millis
    into: str = ""

    def event(self) -> DomainEvent:
        """As the ledger has it."""
        common = {"post": self.post, "at": format_time(self.at)}
        match self.what:
            case "submitted":
                return PostSubmitted(board="ideas", title=self.post, **common)
            case "merged":
                return PostMerged(into=self.into, **common)
            case "unmerged":
                return PostUnmerged(into=self.into, **common)
            case "archived" | "unarchived" | "deleted" | "restored":
                return _MARKS[self.what](**common)
            case kind:
                return PostStatusChanged(status=kind.replace("_", "-"), kind=kind, **common)  # type: ignore[arg-type]


_MARKS = {
    "archived": PostArchived, "unarchived": PostUnarchived, "deleted": PostDeleted, "restored": PostRestored,
}  # fmt: skip


@dataclass
class Past:
    """What happened in a workspace: decisions in the order in which they were recorded, votes in any."""

    workspace: str
    decided: list[Decided]
    votes: list[Vote]
    ballots: list[Vote | Decided] = field(default_factory=list)
    """Votes, and the merges among the decisions, in the order in which they came to the one partition of ballots."""

    def decide_on(self, ledger: MemoryLedger) -> list[tuple[Decided, int, Millis]]:
        """Append the decisions; each with its post's revision after it and when it was recorded."""
        revisions: Counter[str] = Counter()
        found = []
        for each in self.decided:
            revisions[each.post] += 1
            found.append((each, revisions[each.post], ledger.began + 1000 * len(ledger.values)))
            ledger.commit("post", each.post, revisions[each.post], each.event(), workspace=self.workspace)
        return found

    def values(self) -> list[bytes]:
        """The records of the ballots."""
        return [
            each.encode() if isinstance(each, Vote) else rulings.encode_ruling(self._ruling(number, each))
            for number, each in enumerate(self.ballots)
        ]

    def _ruling(self, number: int, each: Decided) -> rulings.Ruling:
        common = {
            "id": f"{self.workspace}.{number}", "source": self.workspace, "subject": each.post,
            "time": format_time(each.at),
        }  # fmt: skip
        if each.what == "merged":
            return rulings.PostMerged(**common, data=rulings.MergedData(each.into, number, 0))
        return rulings.PostUnmerged(**common, data=rulings.UnmergedData(number, 0))


def ballots_batch(pasts: Sequence[Past]) -> RecordBatch:
    """The ballots of all of them, one after the other in one partition; `ballot_times` says when they were recorded."""
    values = [value for past in pasts for value in past.values()]
    offsets = list(range(len(values)))
    times = [BEGAN + 1000 * offset for offset in offsets]
    return RecordBatch(TOPIC, 0, 0, len(values), offsets, times, [None] * len(values), values)


class Told(NamedTuple):
    """All that is known of a workspace: decisions with revisions, and votes and merges in their places on the log."""

    decided: list[tuple[Decided, int]]
    said: list[Said]
    ruled: list[Ruled]

    @classmethod
    def of(cls, past: Past, recorded: Sequence[tuple[Decided, int, Millis]], first: int, known_at: Millis) -> "Told":
        """What was recorded by a moment, where the workspace's first ballot stands at offset `first`."""
        said: dict[str, Said] = {}
        ruled: list[Ruled] = []
        for offset, each in enumerate(past.ballots, start=first):
            if BEGAN + 1000 * offset > known_at:
                break
            if isinstance(each, Vote):
                importance = each.importance if each.value else 0
                said.setdefault(each.id, Said((each.time, offset), each.person, each.post, each.value, importance))
            else:
                ruled.append(Ruled((each.at, offset), each.what, each.post, each.into))
        decided = [(each, revision) for each, revision, at in recorded if at <= known_at]
        return cls(decided, list(said.values()), ruled)


class _Says(NamedTuple):
    """A post at a moment."""

    kind: str
    archived: bool
    deleted: bool


def posts_at(told: Told, moment: Millis) -> dict[str, _Says]:
    """What each post was: after the decision that is dated last, with all that was decided on it before that one."""
    last: dict[str, tuple[Millis, int, _Says]] = {}
    states: dict[str, _Says] = {}
    for each, revision in told.decided:
        state = states.get(each.post, _Says("open", archived=False, deleted=False))
        match each.what:
            case "archived" | "unarchived":
                state = state._replace(archived=each.what == "archived")
            case "deleted" | "restored":
                state = state._replace(deleted=each.what == "deleted")
            case "open" | "planned" | "in_progress" | "shipped" | "declined":
                state = state._replace(kind=each.what)
        states[each.post] = state
        if each.at <= moment and (each.post not in last or last[each.post][:2] < (each.at, revision)):
            last[each.post] = (each.at, revision, state)
    return {post: state for post, (_, _, state) in last.items()}


def votes_delivered(told: Told, starts: Sequence[date], every: str, as_of: Millis) -> list[Point]:
    """The metric, at the end of each period as far as things had happened."""
    points = []
    for start in starts:
        moment = min(_ends(start, every) - 1, as_of)
        posts = posts_at(told, moment)
        counted: Counter[str] = Counter()
        for (_, post), stands in naive_rules.standings(told.said, told.ruled, (moment, 1 << 60)).items():
            if stands.value == 1 and post in posts and not posts[post].deleted:
                if posts[post].kind == "shipped":
                    counted["delivered"] += 1
                elif posts[post].kind != "declined" and not posts[post].archived:
                    counted["waiting"] += 1
        of = counted["delivered"] + counted["waiting"]
        points.append(Point("", start, None if of < SINGLE else counted["delivered"] / of, counted["delivered"], of))
    return points


def time_in_status(told: Told, starts: Sequence[date], every: str, as_of: Millis) -> dict[str, list[Point]]:
    """The metric: of stays that ended in each period, by kind."""
    now = posts_at(told, as_of)
    days: dict[tuple[str, date], list[float]] = defaultdict(list)
    for post in {each.post for each, _ in told.decided}:
        if post not in now or now[post].deleted:
            continue
        changes = sorted(
            (each.at, revision, "open" if each.what == "submitted" else each.what)
            for each, revision in told.decided
            if each.post == post and each.at <= as_of and each.what in (*_KINDS, "submitted")
        )
        since, kind = changes[0][0], changes[0][2]
        for at, _, after in changes[1:]:
            if after != kind:
                start = next((each for each in reversed(starts) if _begins(each) <= at), None)
                if start is not None and at < _ends(start, every):
                    days[kind, start].append((at - since) / DAY)
                since, kind = at, after
    found = {}
    for kind in _KINDS:
        for name, share in (("p50", 0.5), ("p85", 0.85)):
            found[f"{kind} {name}"] = [
                Point(f"{kind} {name}", start, percentile(days[kind, start], share), None, len(days[kind, start]))
                for start in starts
            ]
    return found


_KINDS = ("open", "planned", "in_progress", "shipped", "declined")


def percentile(values: Sequence[float], share: float) -> float | None:
    """Between the two that are nearest, as far as it lies between them."""
    if len(values) < SINGLE:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _begins(day: date) -> Millis:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def _ends(start: date, every: str) -> Millis:
    days = {"day": 1, "week": 7}.get(every)
    if days is not None:
        return _begins(start + timedelta(days=days))
    months = {"month": 1, "quarter": 3, "year": 12}[every]
    year, month = divmod(start.month - 1 + months, 12)
    return _begins(date(start.year + year, month + 1, 1))


def at(text: str) -> Millis:
    """A moment by its date."""
    return parse_time(text)
