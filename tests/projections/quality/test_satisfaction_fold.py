"""Any order, duplication and cutting of ratings, with reactions among them, folds to what their history means."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from events.log.batch import RecordBatch
from events.position import Partition, Position
from events.reactions import ReactionData, ReactionGiven, encode_reaction
from events.retries import RecordRetried, encode_retry
from events.satisfaction import RatingData, SatisfactionRated, SatisfactionWithdrawn, encode_satisfaction
from events.times import format_time
from projections.fold import Projection
from projections.quality import QualityProjection
from projections.reactions import ReactionsProjection
from projections.votes import register
from services.projector.memory import MemoryDeadLetters, MemoryStores, MemoryView
from services.projector.runner import Runner

TOPIC = "groundswell.reactions"
BEGAN = 1_800_000_000_000
AT = 1_790_000_000_000


@dataclass(frozen=True)
class Said:
    """A rating as somebody gives it; 0 withdraws it, None is a reaction to a comment."""

    post: str
    person: str
    rating: int | None
    time: int
    id: str

    def encode(self) -> bytes:
        about = {"id": self.id, "source": "acme", "subject": self.post, "time": format_time(AT + self.time)}
        if self.rating is None:
            return encode_reaction(ReactionGiven(**about, data=ReactionData(self.person, "like")))
        kind = SatisfactionRated if self.rating else SatisfactionWithdrawn
        return encode_satisfaction(kind(**about, data=RatingData(self.person, self.rating)))


said = st.builds(
    Said,
    post=st.sampled_from(["a", "b"]),
    person=st.sampled_from(["ann", "ben"]),
    rating=st.sampled_from([0, 1, 2, 3, 4, 5, None]),
    time=st.integers(0, 20),
    id=st.integers(0, 8).map(str),
)
histories = st.lists(said, max_size=20)


def batch(values: Sequence[bytes], start: int = 0) -> RecordBatch:
    end = start + len(values)
    times = [BEGAN + 1000 * number for number in range(start, end)]
    return RecordBatch(TOPIC, 0, start, end, list(range(start, end)), times, [b""] * len(values), list(values))


def fold(
    values: Sequence[bytes], cuts: Sequence[int] = (), projection: Projection | None = None
) -> tuple[MemoryView, MemoryDeadLetters]:
    view, letters = MemoryView(), MemoryDeadLetters()
    runner = Runner(
        projection or QualityProjection(), view, MemoryStores(), letters, "epoch", partition_count=lambda _: 1
    )
    runner.open(Partition(TOPIC, 0))
    edges = sorted({0, len(values), *(cut % (len(values) + 1) for cut in cuts)})
    for start, end in pairwise(edges):
        runner.feed(batch(values[start:end], start))
        runner.flush()
    return view, letters


def standing(view: MemoryView) -> dict[tuple[object, ...], tuple[object, ...]]:
    return {row[1:3]: row[3:5] for row in view.rows("satisfaction") if row[3]}


def plainly(history: Sequence[Said]) -> dict[tuple[str, str], tuple[int, int]]:
    """Who rates what how, since when: a person's events by time, then by arrival; each id once."""
    registers: dict[tuple[str, str], list[Said]] = {}
    for each in history:
        timeline = registers.setdefault((each.post, each.person), [])
        if each.rating is not None and all(known.id != each.id for known in timeline):
            timeline.append(each)
    stands = {}
    for key, timeline in registers.items():
        rating, since = 0, 0
        for each in sorted(timeline, key=lambda each: each.time):
            assert each.rating is not None
            rating, since = each.rating, since if each.rating == rating else AT + each.time
        if rating:
            stands[key] = (rating, since)
    return stands


@settings(max_examples=50)
@given(histories, st.lists(st.integers(0, 100), max_size=5))
def test_rows_are_what_the_history_means_however_it_is_cut(history: list[Said], cuts: list[int]) -> None:
    values = [each.encode() for each in history]
    view, letters = fold(values, cuts)
    assert not letters.letters
    assert standing(view) == plainly(history)
    assert view.tables == fold(values)[0].tables
    reacted, letters = fold(values, cuts, ReactionsProjection())
    assert not letters.letters, "ratings are no unreadable reactions"
    assert {row[3] for row in reacted.rows("reactions")} == {each.person for each in history if each.rating is None}


@settings(max_examples=50)
@given(histories, st.randoms(use_true_random=False))
def test_order_and_duplicates_change_nothing(history: list[Said], rng) -> None:
    plain = [replace(each, time=100 * each.time + number, id=f"e{number}") for number, each in enumerate(history)]
    shuffled = plain + plain[:5]
    rng.shuffle(shuffled)
    assert standing(fold([each.encode() for each in plain])[0]) == standing(
        fold([each.encode() for each in shuffled])[0]
    )


def test_what_is_no_rating_is_refused_by_every_projection_of_the_stream() -> None:
    wrong = [
        Said("a", "ann", 6, 0, "1").encode(),
        Said("a", "ann", -1, 0, "2").encode(),
        Said("a\0", "ann", 3, 0, "3").encode(),
        Said("a", "ann", 3, 0, "4").encode().replace(b'"rating":3', b'"rating":"3"'),
    ]
    for projection in (QualityProjection(), ReactionsProjection()):
        view, letters = fold([*wrong, Said("a", "ben", 3, 0, "5").encode()], projection=projection)
        assert [position.offset for position in letters.letters] == [0, 1, 2, 3]
        assert len(view.rows("satisfaction")) == (projection.name == "quality")


def test_a_retry_is_folded_in_its_place() -> None:
    early = Said("a", "ann", 2, 0, "1").encode()
    marker = RecordRetried.of(Position(TOPIC, 0, 0), BEGAN, early, source="acme", subject="a", at=BEGAN + 9000)
    values = [b"\xff", Said("a", "ann", 5, 10, "2").encode(), encode_retry(marker, b"")]
    view, letters = fold(values)
    assert [position.offset for position in letters.letters] == [0]
    assert standing(view) == {("a", "ann"): (5, AT + 10)}
    assert {(row[4], row[8], row[9]) for row in view.rows("satisfaction_history")} == {(0, 0, 2), (1, 2, 5)}


def test_a_timeline_is_bounded() -> None:
    many = register.LONGEST_TIMELINE + 50
    values = [Said("a", "ann", number % 5 + 1, number, f"e{number}").encode() for number in range(many)]
    late = Said("a", "ann", 3, 0, "late").encode()
    view, _ = fold([*values, late])
    assert standing(view)["a", "ann"][0] == (many - 1) % 5 + 1
    assert len(view.rows("satisfaction_history")) == many + 1
