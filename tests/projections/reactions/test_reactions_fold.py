"""Any order, duplication, lateness and cutting of reactions folds to what their history plainly means."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from events.ballots import ballot_key, partition_of
from events.log.batch import RecordBatch
from events.position import Partition, Position
from events.reactions import ReactionData, ReactionGiven, ReactionWithdrawn, encode_reaction
from events.retries import RecordRetried, encode_retry
from events.times import format_time
from projections.reactions import ReactionsProjection
from projections.reactions.queries import ReactionCount, counts_query
from projections.votes import register
from services.projector.memory import MemoryDeadLetters, MemoryStores, MemoryView
from services.projector.runner import Runner
from tests.support.views import Database

TOPIC = "groundswell.reactions"
BEGAN = 1_800_000_000_000
AT = 1_790_000_000_000
PARTITIONS = 3


@dataclass(frozen=True)
class Tap:
    """A reaction as somebody gives or withdraws it."""

    comment: str
    reaction: str
    person: str
    given: bool
    time: int
    id: str

    @property
    def register(self) -> tuple[str, str, str]:
        return self.comment, self.reaction, self.person

    def encode(self) -> bytes:
        kind = ReactionGiven if self.given else ReactionWithdrawn
        data = ReactionData(self.person, self.reaction)
        return encode_reaction(
            kind(id=self.id, source="acme", subject=self.comment, time=format_time(AT + self.time), data=data)
        )


taps = st.builds(
    Tap,
    comment=st.sampled_from(["a", "b"]),
    reaction=st.sampled_from(["like", "eyes"]),
    person=st.sampled_from(["ann", "ben", "cem"]),
    given=st.booleans(),
    time=st.integers(0, 20),
    id=st.integers(0, 8).map(str),
)
histories = st.lists(taps, max_size=20)


def batches(history: Sequence[Tap], cuts: Sequence[int] = ()) -> list[RecordBatch]:
    """The records by partition, cut; append times grow by a second a record."""
    records: dict[int, list[tuple[int, bytes, bytes]]] = {number: [] for number in range(PARTITIONS)}
    for number, tap in enumerate(history):
        key = ballot_key("acme", tap.person)
        records[partition_of(key, PARTITIONS)].append((BEGAN + 1000 * number, key, tap.encode()))
    made = []
    for partition, appended in records.items():
        edges = sorted({0, len(appended), *(cut % (len(appended) + 1) for cut in cuts)})
        made += [batch(partition, start, appended[start:end]) for start, end in pairwise(edges)]
    return made


def batch(partition: int, start: int, records: Sequence[tuple[int, bytes, bytes]]) -> RecordBatch:
    offsets = list(range(start, start + len(records)))
    columns = [list(column) for column in zip(*records, strict=True)] or [[], [], []]
    return RecordBatch(TOPIC, partition, start, start + len(records), offsets, *columns)


def run(runner: Runner, of: Sequence[RecordBatch]) -> None:
    for partition in range(PARTITIONS):
        runner.open(Partition(TOPIC, partition))
    for each in of:
        runner.feed(each)
        runner.flush()


def fold(of: Sequence[RecordBatch]) -> tuple[MemoryView, MemoryDeadLetters]:
    view, letters = MemoryView(), MemoryDeadLetters()
    runner = Runner(ReactionsProjection(), view, MemoryStores(), letters, "epoch", partition_count=lambda _: PARTITIONS)
    run(runner, of)
    return view, letters


def standing(view: MemoryView) -> dict[tuple[object, ...], object]:
    return {row[1:4]: row[5] for row in view.rows("reactions") if row[4]}


def changes(view: MemoryView) -> set[tuple[object, ...]]:
    return {(*row[1:4], row[6], row[9], row[10]) for row in view.rows("reaction_history") if row[9] != row[10]}


def plainly(history: Sequence[Tap]) -> dict[tuple[str, str, str], int]:
    """Who reacts how, since when: a person's events of one kind by time, then by arrival; each id once."""
    registers: dict[tuple[str, str, str], list[Tap]] = {}
    for tap in history:
        timeline = registers.setdefault(tap.register, [])
        if all(known.id != tap.id for known in timeline):
            timeline.append(tap)
    stands = {}
    for key, timeline in registers.items():
        since = None
        for tap in sorted(timeline, key=lambda tap: tap.time):
            since = (tap.time if since is None else since) if tap.given else None
        if since is not None:
            stands[key] = AT + since
    return stands


@given(histories, st.lists(st.integers(0, 100), max_size=5))
def test_rows_are_what_the_history_means_however_it_is_cut(history: list[Tap], cuts: list[int]) -> None:
    view, letters = fold(batches(history, cuts))
    assert not letters.letters
    assert standing(view) == plainly(history)
    assert view.tables == fold(batches(history))[0].tables


@given(histories, st.randoms(use_true_random=False), st.lists(st.integers(0, 100), max_size=10))
def test_order_and_duplicates_change_nothing(history: list[Tap], rng, repeated: list[int]) -> None:
    """Where no two events share a time or an id: the log's order says nothing then."""
    plain = [
        Tap(tap.comment, tap.reaction, tap.person, tap.given, 100 * tap.time + number, f"e{number}")
        for number, tap in enumerate(history)
    ]
    shuffled = plain + [plain[index % len(plain)] for index in repeated if plain]
    rng.shuffle(shuffled)
    view, other = fold(batches(plain))[0], fold(batches(shuffled))[0]
    assert standing(view) == standing(other) == plainly(plain)
    assert changes(view) == changes(other)


def test_a_person_who_flips_for_ever_is_bounded_and_stands_right() -> None:
    flips = register.LONGEST_TIMELINE + 10
    history = [Tap("a", "like", "ann", number % 2 == 0, number, f"e{number}") for number in range(flips)]
    late = Tap("a", "like", "ann", False, 0, "late")
    view, letters = fold(batches([*history, late, history[-1]]))
    assert not letters.letters
    assert standing(view) == {}
    assert len(view.rows("reaction_history")) == flips + 1
    [of_the_late] = [row for row in view.rows("reaction_history") if row[8] == "late"]
    assert of_the_late[9:11] == (0, 0), "what it came after is folded away: it is recorded, and changes nothing"


def test_what_is_no_reaction_goes_to_dead_letters_and_holds_nothing_up() -> None:
    good = Tap("a", "like", "ann", True, 0, "good")
    key, value = ballot_key("acme", "ann"), good.encode()
    place = partition_of(key, PARTITIONS)
    bad = [
        b"",
        b"{}",
        value.replace(b"like", b"LIKE"),
        value.replace(b'"ann"', b'"ben"'),
        value.replace(b'"a"', b'"a\\u0000"'),
    ]
    assert partition_of(ballot_key("acme", "ben"), PARTITIONS) != place
    records = [(BEGAN, key, each) for each in (*bad, value)]
    view, letters = fold([batch(place, 0, records)])
    assert sorted(letter.position.offset for letter in letters.letters.values()) == [0, 1, 2, 3, 4]
    assert standing(view) == {good.register: AT}


def test_a_retry_is_folded_in_its_place() -> None:
    first, second = Tap("a", "like", "ann", True, 1, "e1"), Tap("a", "like", "ann", False, 1, "e2")
    key = ballot_key("acme", "ann")
    place = partition_of(key, PARTITIONS)
    retry = RecordRetried.of(Position(TOPIC, place, 0), BEGAN, first.encode(), source="acme", subject="a", at=BEGAN + 5)
    values = [b"broken", second.encode(), encode_retry(retry, key)]
    view, _ = fold([batch(place, 0, [(BEGAN + number, key, value) for number, value in enumerate(values)])])
    plain, _ = fold([batch(place, 0, [(BEGAN + n, key, each.encode()) for n, each in enumerate((first, second))])])
    assert standing(view) == standing(plain) == {}
    assert changes(view) == changes(plain)


def test_the_views_show_it(database: Database) -> None:
    history = [
        Tap("a", "like", "ann", True, 0, "1"),
        Tap("a", "like", "ben", True, 1, "2"),
        Tap("a", "eyes", "cem", True, 2, "3"),
        Tap("b", "like", "cem", True, 3, "4"),
        Tap("a", "like", "ann", False, 4, "5"),
        Tap("b", "like", "cem", False, 5, "6"),
    ]
    run(database.runner(ReactionsProjection(), PARTITIONS), batches(history, [1, 2]))

    def counted(as_of: int | None = None) -> list[ReactionCount]:
        query = counts_query(database.settings.database, "acme", ["a", "b"], as_of=as_of)
        return [ReactionCount(*row) for row in database.client.query(query.sql, dict(query.parameters)).result_rows]

    assert counted() == [("a", "eyes", 1), ("a", "like", 1)]
    assert counted(AT + 3) == [("a", "like", 2), ("a", "eyes", 1), ("b", "like", 1)]
    assert database.rows("SELECT comment, reaction, person FROM groundswell.reactions ORDER BY person") == [
        ("a", "like", "ben"),
        ("a", "eyes", "cem"),
    ]
    assert database.rows(
        "SELECT change, count() FROM groundswell.reaction_history GROUP BY change ORDER BY change"
    ) == [
        ("given", 4),
        ("withdrawn", 2),
    ]
