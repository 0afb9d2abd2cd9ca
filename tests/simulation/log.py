"""The log that a schedule runs over: ballots in two partitions and a ledger in one, drawn from dice, and growing."""

import random
from datetime import UTC, datetime
from functools import cache

import msgspec

from events import rulings
from events.ballots import ballot_key, partition_of
from events.domain.budgets.events import BoardBudgeted
from events.domain.event import DomainEvent
from events.domain.merging.events import PostAbsorbed, PostMerged, PostUnmerged
from events.domain.originators import originator_of
from events.domain.posts.events import (
    PostArchived,
    PostDeleted,
    PostFieldsSet,
    PostPinned,
    PostRestored,
    PostStatusChanged,
    PostTagged,
    PostUnarchived,
    PostUnpinned,
)
from events.domain.vocabulary import (
    BoardCreated,
    BoardRenamed,
    PostClosed,
    PostEdited,
    PostMoved,
    PostReopened,
    PostSubmitted,
    encode_state,
)
from events.ledger.commit import Commit, CommitData, LedgerEvent, encode_commit
from events.log.batch import RecordBatch
from events.position import Partition
from events.rulings import Ruling, encode_ruling
from events.times import format_time, parse_time
from projections.fold import Row
from tests.support import naive_ledger
from tests.support.ballots import TOPIC, Appended, MemoryLog, Vote
from tests.support.ledger import LEDGER_TOPIC
from tests.support.naive_ledger import Decision, Meaning, Written
from tests.support.naive_rules import Ruled

BALLOT_PARTITIONS = 2
BALLOTS = tuple(Partition(TOPIC, number) for number in range(BALLOT_PARTITIONS))
LEDGER = Partition(LEDGER_TOPIC, 0)
PARTITIONS = (*BALLOTS, LEDGER)
BEGAN = 1_800_000_000_000
GARBAGE = (None, b"", b"{}", b"\xff\xfe", b"[1]\n[2]", b'{"specversion":"1.0"')
WORKSPACES = ("acme", "acme", "globex")
RULED = "initech"
"""A workspace whose votes are under rules, in whatever order its rulings say that they hold."""
POSTS = ("dark-mode", "export")

_HOUR = 3_600_000
_NOVEMBER = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp() * 1000)
_POOL_SIZE = 4000


class SimulatedLog:
    """Records as they stand on the log, beside what of them can be read, which is what the yardsticks are given."""

    def __init__(self, dice: random.Random, *, garbage: float) -> None:
        self.ballots = MemoryLog(partitions=BALLOT_PARTITIONS)
        self.rules: list[list[Ruled]] = [[] for _ in BALLOTS]
        """Of each partition of the ballots, each ruling once."""
        self.commits: list[Written] = []
        self._dice = dice
        self._garbage = garbage
        self._records: dict[Partition, list[tuple[bytes | None, bytes | None]]] = {each: [] for each in PARTITIONS}
        self._refused: set[tuple[str, int, int]] = set()
        self._votes: list[Vote] = []
        self._versions: dict[tuple[str, str], int] = {}
        self._seen: set[tuple[str, str, str, str]] = set()
        self._owed: dict[Partition, list[tuple[int, Row]]] = {each: [] for each in BALLOTS}
        self._meaning: tuple[int, Meaning] = (0, Meaning())

    def end(self, partition: Partition) -> int:
        """The offset after the last record."""
        return len(self._records[partition])

    def batch(self, partition: Partition, start: int, end: int) -> RecordBatch:
        """The records from `start` up to `end`."""
        records, offsets = self._records[partition][start:end], range(start, end)
        keys, values = [key for key, _ in records], [value for _, value in records]
        return RecordBatch(
            *partition, start, end, list(offsets), [BEGAN + 1000 * each for each in offsets], keys, values
        )

    def append(self, count: int) -> None:
        """Records as they come: mostly ballots."""
        for _ in range(count):
            if self._dice.random() < 0.3:
                self.append_commit()
            else:
                self.append_ballot()

    def append_everywhere(self) -> None:
        """At least one more record in every partition."""
        before = {partition: self.end(partition) for partition in PARTITIONS}
        while any(self.end(partition) == before[partition] for partition in PARTITIONS):
            self.append(1)

    def append_ballot(self) -> None:
        """A vote, new or once more; or nothing of the kind."""
        dice, chance = self._dice, self._dice.random()
        if chance < self._garbage:
            self._refuse(dice.choice(BALLOTS), dice.choice(GARBAGE))
        elif chance < 0.05:
            self._append_ruling()
        elif chance < 0.15 and self._votes:
            self._append_vote(dice.choice(self._votes))
        else:
            self._append_vote(_votes_to_draw()[dice.randrange(_POOL_SIZE)])

    def append_commit(self) -> None:
        """A commit that counts or, now and then, does not."""
        dice, chance = self._dice, self._dice.random()
        if chance < self._garbage:
            self._refuse(LEDGER, dice.choice(GARBAGE))
        elif chance < 0.1 and self.commits:
            self._append_commit(*dice.choice(self.commits)[2:])
        else:
            self._append_commit(*self._decide(void=chance < 0.25))

    @property
    def refused(self) -> set[tuple[str, int, int]]:
        """Where what cannot be read or folded stands."""
        return self._refused | {(*LEDGER, offset) for offset in self.meaning().refused}

    def meaning(self) -> Meaning:
        """What the ledger means."""
        if self._meaning[0] != len(self.commits):
            self._meaning = len(self.commits), naive_ledger.meaning(self.commits)
        return self._meaning[1]

    def owed(self, partition: Partition, before: int) -> set[Row]:
        """What shows in a history for sure once all records before an offset are in the tables.

        (Partition, offset) for ballots, and the key of a post's history for the ledger.
        """
        if partition == LEDGER:
            return {key for key, offset in self.meaning().made_by.items() if offset < before}
        return {key for offset, key in self._owed[partition] if offset < before}

    def _append_vote(self, vote: Vote) -> None:
        key, value, number = _encoded_vote(vote)
        partition = BALLOTS[number]
        offset = self.end(partition)
        self._records[partition].append((key, value))
        self.ballots.records[number].append(Appended(vote, offset, BEGAN + 1000 * offset))
        self._votes.append(vote)
        event = (vote.workspace, vote.post, vote.person, vote.id)
        if event not in self._seen:
            self._seen.add(event)
            self._owed[partition].append((offset, (number, offset)))

    def _append_ruling(self) -> None:
        """A ruling, or the last one again: it stands on every partition."""
        known = len(self.rules[0])
        ruling = _rulings_to_draw()[known % _POOL_SIZE]
        again = known > 0 and self._dice.random() < 0.2
        if again:
            ruling = _rulings_to_draw()[(known - 1) % _POOL_SIZE]
        value = encode_ruling(ruling)
        for partition in BALLOTS:
            offset = self.end(partition)
            self._records[partition].append((RULED.encode(), value))
            if not again:
                self.rules[partition.partition].append(_meant(ruling, offset))

    def _append_commit(self, workspace: str, id: str, actor: str, decisions: tuple[Decision, ...]) -> None:
        offset = self.end(LEDGER)
        self._records[LEDGER].append((workspace.encode(), _encoded_commit(workspace, id, actor, decisions)))
        self.commits.append(Written(offset, BEGAN + 1000 * offset, workspace, id, actor, decisions))

    def _refuse(self, partition: Partition, value: bytes | None) -> None:
        self._refused.add((*partition, self.end(partition)))
        self._records[partition].append((b"acme/ann", value))

    def _decide(self, *, void: bool) -> tuple[str, str, str, tuple[Decision, ...]]:
        dice = self._dice
        workspace = dice.choice(WORKSPACES)
        about = dice.choice(("board", *POSTS, *POSTS))
        version = self._versions.get((workspace, about), 0) + 1
        count = dice.choice((1, 1, 1, 2))
        shapes = [dice.randrange(SHAPES) for _ in range(count)]
        claimed = version + (dice.choice((-1, 1)) if void else 0)
        decisions = tuple(Decision(claimed + n, _event(about, claimed + n, shape)) for n, shape in enumerate(shapes))
        if not void:
            self._versions[workspace, about] = version + count - 1
        return workspace, f"{about}-{claimed}-{'.'.join(map(str, shapes))}-{dice.randrange(3)}", "ann", decisions


@cache
def _votes_to_draw() -> list[Vote]:
    """Few people and posts, times around the edge of a month, and ids of which some come twice."""
    dice = random.Random(0)
    return [
        Vote(
            post=dice.choice(POSTS), person=dice.choice(("ann", "ben", "cem", "dee")), value=dice.choice((1, 1, -1, 0)),
            time=_NOVEMBER + dice.choice((dice.randint(-5, 5), dice.randint(-2000, 400))) * _HOUR,
            id=f"e{number % (_POOL_SIZE * 4 // 5)}", importance=dice.randint(1, 3),
            workspace=dice.choice((*WORKSPACES, RULED)),
        )
        for number in range(_POOL_SIZE)
    ]  # fmt: skip


@cache
def _rulings_to_draw() -> list[Ruling]:
    """Each after the one before it, as decisions; when they hold is another matter."""
    dice = random.Random(1)
    return [_ruling(dice, number) for number in range(_POOL_SIZE)]


def _ruling(dice: random.Random, number: int) -> Ruling:
    place = {"ledger": number, "number": 0}
    post, other = dice.sample(POSTS, 2)
    common = {
        "id": f"{number}.0", "source": RULED,
        "time": format_time(_NOVEMBER + dice.choice((dice.randint(-5, 5), dice.randint(-2000, 400))) * _HOUR),
    }  # fmt: skip
    match dice.randrange(5):
        case 0 | 1:
            return rulings.PostMerged(**common, subject=post, data=rulings.MergedData(other, **place))
        case 2:
            return rulings.PostUnmerged(**common, subject=post, data=rulings.UnmergedData(**place))
        case 3:
            return rulings.PostsPlaced(
                **common, subject="ideas", data=rulings.PlacedData(POSTS[: dice.randint(1, 2)], **place)
            )
    return rulings.BoardBudgeted(
        **common, subject="ideas", data=rulings.BudgetedData(dice.choice((1, 1, None)), "all", **place)
    )


def _meant(ruling: Ruling, offset: int) -> Ruled:
    kind = {rulings.PostMerged: "merged", rulings.PostUnmerged: "unmerged", rulings.PostsPlaced: "placed"}.get(
        type(ruling), "budgeted"
    )
    data = msgspec.structs.asdict(ruling.data)
    said = {name: data[name] for name in ("into", "posts", "votes", "period") if name in data}
    return Ruled((parse_time(ruling.time), offset), kind, ruling.subject, **said)


@cache
def _encoded_vote(vote: Vote) -> tuple[bytes, bytes, int]:
    key = ballot_key(vote.workspace, vote.person)
    return key, vote.encode(), partition_of(key, BALLOT_PARTITIONS)


_encoded: dict[tuple[str, str], bytes] = {}


def _encoded_commit(workspace: str, id: str, actor: str, decisions: tuple[Decision, ...]) -> bytes:
    """A commit's id says all that is decided in it."""
    if (workspace, id) not in _encoded:
        _encoded[workspace, id] = _encode_commit(workspace, id, actor, decisions)
    return _encoded[workspace, id]


def _encode_commit(workspace: str, id: str, actor: str, decisions: tuple[Decision, ...]) -> bytes:
    events = []
    for version, event in decisions:
        kind, subject = ("post", event.post) if hasattr(event, "post") else ("board", event.board)
        events.append(LedgerEvent.of(originator_of(workspace, kind, subject), version, event.TYPE, encode_state(event)))
    data = CommitData(actor=actor, events=tuple(events))
    return encode_commit(Commit(id=id, source=workspace, time=format_time(_NOVEMBER), data=data))


@cache
def _event(about: str, version: int, shape: int) -> DomainEvent:
    """The first is nearly always the one that has to be."""
    at = format_time(_NOVEMBER + version * _HOUR)
    if about == "board":
        if version <= 1:
            return BoardCreated(board="ideas", name="Ideas", at=at)
        if version % 3 == 0:
            return BoardBudgeted(board="ideas", votes=version % 2 or None, period="month", at=at)
        return BoardRenamed(board="ideas", name=f"Ideas {version}", at=at)
    if version <= 1 and shape < SHAPES - 1:
        return PostSubmitted(post=about, board="ideas", title=about, at=at)
    return (
        PostEdited(post=about, title=f"{about} {version}", at=at),
        PostClosed(post=about, reason="done", at=at),
        PostReopened(post=about, at=at),
        PostMoved(post=about, board=f"board-{version}", at=at),
        PostStatusChanged(post=about, status="planned", kind="planned", note="soon", reason="asked", at=at),
        PostTagged(post=about, tags=("ui",) if version % 2 else ("mobile", "ui"), at=at),
        PostFieldsSet(post=about, values={"effort": version, "due": None if version % 2 else "2026-12-24"}, at=at),
        (PostArchived, PostUnarchived)[version % 2](post=about, reason="old", at=at),
        (PostDeleted, PostRestored)[version % 2](post=about, at=at),
        (PostPinned, PostUnpinned)[version % 2](post=about, at=at),
        (PostMerged, PostUnmerged)[version % 2](post=about, into="other", reason="the same", at=at),
        PostAbsorbed(post=about, merged="other", at=at),
    )[shape]


SHAPES = 12
