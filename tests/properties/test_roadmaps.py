"""A roadmap as of any moment, and as known at any, is what was decided by then, told again in the plainest way."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from events.domain.refusals import Conflict, Refusal
from events.domain.roadmaps import placing as ranks_in_use
from events.domain.roadmaps.commands import PlaceItem, PutRoadmap, RemoveItem
from events.domain.roadmaps.events import Column
from events.domain.roadmaps.targets import Target, read_target
from events.position import Partition
from events.times import Millis, format_time
from projections.roadmaps import RoadmapsProjection
from projections.roadmaps.tables import ROADMAP_HISTORY, ROADMAP_ITEMS
from services.projector.memory import MemoryDeadLetters, MemoryStores, MemoryView
from services.projector.runner import Runner
from tests.support.decided import WORKSPACE
from tests.support.ledger import LEDGER_TOPIC
from tests.support.roadmaps import ROADMAP, Placed, RoadmapWorld, replay

POSTS = [f"p{number}" for number in range(7)]
COLUMNS = ("now", "next", "later")
TARGETS = ["2027-01-15", "2027-02", "2027-Q1", "2027-Q4", None]

posts = st.sampled_from(POSTS)
columns = st.sampled_from(COLUMNS)


class Roadmaps(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = RoadmapWorld()
        self.order: dict[str, list[str]] = {column: [] for column in COLUMNS}
        self.view, self.letters, self.stores = MemoryView(), MemoryDeadLetters(), MemoryStores()
        self.runner = self.started()
        self.fed = 0

    @initialize()
    def begin(self) -> None:
        self.world.with_posts(POSTS)
        self.world.do(PutRoadmap(workspace=WORKSPACE, roadmap=ROADMAP, name="Product"))

    @rule(post=posts, column=columns, data=st.data())
    def put(self, post: str, column: str, data: st.DataObject) -> None:
        """Put a post after one that stands in the column, or at a place."""
        others = [other for other in self.order[column] if other != post]
        after = data.draw(st.sampled_from([None, *others]))
        position = data.draw(st.none() | st.integers(1, 8)) if after is None else None
        command = PlaceItem(
            workspace=WORKSPACE, roadmap=ROADMAP, post=post, column=column, after=after, position=position, reason="why"
        )
        self.world.do(command)
        if after is None and position is None and post in self.order[column]:
            return
        for each in self.order.values():
            if post in each:
                each.remove(post)
        place = len(others) if position is None else position - 1
        self.order[column].insert(place if after is None else others.index(after) + 1, post)

    @rule(post=posts, when=st.sampled_from(TARGETS), owner=st.sampled_from(["", "web", "ann"]))
    def say(self, post: str, when: str | None, owner: str) -> None:
        """Date and assign a post, where it is on the roadmap."""
        target = None if when is None else read_target(when)
        command = PlaceItem(workspace=WORKSPACE, roadmap=ROADMAP, post=post, target=target, owner=owner, note=owner)
        try:
            self.world.do(command)
        except Refusal:
            assert post not in self.world.roadmap.items

    @rule(post=posts, ago=st.sampled_from([0, 1_500, 40_000, -1_500, -40_000]))
    def remove(self, post: str, ago: int) -> None:
        """Take a post off, perhaps some time ago or by a clock that is ahead."""
        command = RemoveItem(workspace=WORKSPACE, roadmap=ROADMAP, post=post, at=format_time(self.world.now - ago))
        try:
            self.world.do(command)
        except Conflict:
            assert self.world.roadmap.items[post].at > format_time(self.world.now - ago)
            return
        except Refusal:
            assert post not in self.world.roadmap.items
            return
        for each in self.order.values():
            if post in each:
                each.remove(post)

    @rule(name=st.sampled_from(["Product", "What is next"]), public=st.booleans(), more=st.booleans())
    def edit(self, name: str, public: bool, more: bool) -> None:
        """Rename it, open or close it, and add or take away an empty column."""
        kept = [Column(column=column, name=column.title()) for column in COLUMNS]
        wanted = (*kept, *([Column(column="some-day", name="Some day")] if more else []))
        self.world.do(PutRoadmap(workspace=WORKSPACE, roadmap=ROADMAP, name=name, public=public, columns=wanted))

    @rule(post=posts, column=columns)
    def come_second(self, post: str, column: str) -> None:
        """Decide on what stood before another decision: the log does not admit it."""
        self.world.lose(PlaceItem(workspace=WORKSPACE, roadmap=ROADMAP, post=post, column=column, position=1))

    @rule(again=st.booleans())
    def fold(self, again: bool) -> None:
        """Fold what has come since, perhaps by a projector that was killed and folds it another time."""
        if again:
            self.runner = self.started()
            self.fed = 0
        self.runner.feed(self.world.ledger.batch(self.fed))
        self.runner.flush()
        self.fed = len(self.world.ledger.values)

    @invariant()
    def the_order_is_as_asked(self) -> None:
        for column, order in self.order.items():
            if self.world.on_roadmaps:
                assert list(self.world.roadmap.ordered(column)) == order

    def teardown(self) -> None:
        if not self.world.on_roadmaps:
            return
        self.fold(again=False)
        assert not self.letters.letters
        moments = sorted({moment for each in self.world.on_roadmaps for moment in (each.at - 1, each.at)})
        knowns = sorted({each.recorded for each in self.world.on_roadmaps})[::3]
        last = max(self.world.now, *moments)
        for as_of in moments[:: 1 + len(moments) // 12]:
            for known_at in (*knowns[:: 1 + len(knowns) // 4], last):
                expected = replay(self.world.on_roadmaps, as_of=as_of, known_at=known_at).shown
                assert self.stood(as_of, known_at) == expected, (as_of, known_at)
        assert self.stood(last, last) == self.stands() == self.decided()

    def started(self) -> Runner:
        runner = Runner(
            RoadmapsProjection(), self.view, self.stores, self.letters, "epoch", partition_count=lambda _: 1
        )
        runner.open(Partition(LEDGER_TOPIC, 0))
        return runner

    def stood(self, as_of: Millis, known_at: Millis) -> dict[str, list[Placed]]:
        """What the history shows: of each post the last row by then."""
        last: dict[str, dict] = {}
        for row in self.rows(ROADMAP_HISTORY):
            if row["since"] <= as_of and row["recorded_at"] <= known_at:
                known = last.get(row["post"])
                if known is None or known["revision"] < row["revision"]:
                    last[row["post"]] = row
        return shown(list(last.values()))

    def stands(self) -> dict[str, list[Placed]]:
        """What the items show."""
        return shown(self.rows(ROADMAP_ITEMS))

    def decided(self) -> dict[str, list[Placed]]:
        """What the aggregate is."""
        roadmap = self.world.roadmap
        return {
            column: [
                Placed(
                    post,
                    roadmap.items[post].target,
                    roadmap.items[post].owner,
                    roadmap.items[post].note,
                    roadmap.items[post].team,
                )
                for post in roadmap.ordered(column)
            ]
            for column in COLUMNS
            if roadmap.ordered(column)
        }

    def rows(self, table: object) -> list[dict]:
        return [dict(zip(table.columns, row, strict=True)) for row in self.view.rows(table.name)]  # type: ignore[attr-defined]


def shown(rows: list[dict]) -> dict[str, list[Placed]]:
    columns: dict[str, list[Placed]] = {}
    for row in sorted(
        (row for row in rows if row["placed"]), key=lambda row: (row["column"], row["rank"], row["post"])
    ):
        date = format_time(row["target"] * 86_400_000)[:10]
        target = Target(date, row["precision"]) if row["precision"] else None
        columns.setdefault(row["column"], []).append(
            Placed(row["post"], target, row["owner"], row["note"], row["team"])
        )
    return columns


class CrowdedRoadmaps(Roadmaps):
    """The same where ranks are short, so that they are renewed all the time."""

    def __init__(self) -> None:
        self._longest, ranks_in_use.LONGEST = ranks_in_use.LONGEST, 8
        super().__init__()

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            ranks_in_use.LONGEST = self._longest


TestRoadmaps = Roadmaps.TestCase
TestRoadmaps.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestCrowdedRoadmaps = CrowdedRoadmaps.TestCase
TestCrowdedRoadmaps.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
