"""Two processes decide on one roadmap at once: nothing that was answered is lost, and who comes second is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from events.domain.application import Feedback
from events.domain.commands import PutBoard, PutPost
from events.domain.refusals import VersionMismatch
from events.domain.roadmaps.commands import PlaceItem, PutRoadmap, RoadmapCommand

W = "acme"
EACH = 25


def on(post: str, **fields: object) -> PlaceItem:
    return PlaceItem(workspace=W, roadmap="product", post=post, **fields)


def test_what_two_decide_at_once_is_all_there(open_feedback: Callable[[], Feedback]) -> None:
    here, there = open_feedback(), open_feedback()
    here.execute(PutBoard(workspace=W, board="ideas", name="Ideas"))
    for number in range(2 * EACH):
        here.execute(PutPost(workspace=W, post=f"p{number}", board="ideas", title=f"Post {number}"))
    begun = here.execute(PutRoadmap(workspace=W, roadmap="product", name="Product")).aggregate

    def place(number: int) -> int:
        feedback = (here, there)[number % 2]
        return feedback.execute(on(f"p{number}", column="now", position=1)).aggregate.version

    with ThreadPoolExecutor(8) as pool:
        versions = list(pool.map(place, range(2 * EACH)))
    assert sorted(versions) == list(range(begun.version + 1, begun.version + 1 + 2 * EACH))
    last_first = [
        post for _, post in sorted(zip(versions, (f"p{n}" for n in range(2 * EACH)), strict=True), reverse=True)
    ]
    known = here.execute(on("p0")).aggregate
    assert list(known.ordered("now")) == last_first

    def race(feedback: Feedback, command: RoadmapCommand) -> int | None:
        try:
            return feedback.execute(command, expected_version=known.version).aggregate.version
        except VersionMismatch as refused:
            return -(refused.actual or 0)

    commands = [on("p1", column="next"), on("p2", owner="ann"), on("p3", note="soon"), on("p4", column="later")]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(race, (here, there, here, there), commands))
    won = known.version + 1
    assert sorted(answers) == [-won, -won, -won, won]
