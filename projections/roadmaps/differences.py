"""What became of a roadmap between two moments. Pure: what stood at both goes in, what differs comes out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, get_args

from projections.roadmaps.lines import dated_line, days_later, moved_line, owned_line, quoted, target_of, teamed_line
from projections.roadmaps.queries import Standing

Sort = Literal[
    "shipped", "added", "dropped", "moved", "slipped", "pulled-in", "dated", "undated", "re-owned", "re-teamed"
]
SORTS: tuple[Sort, ...] = get_args(Sort)

SHIPPED = "shipped"


class Difference(NamedTuple):
    """One thing that differs. `days` is by how many days the last day promised came later, below 0 earlier.

    `target_before` and `target` are as 2026-03-15, 2026-03 or 2026-Q1. Texts are empty where there is nothing.
    """

    change: Sort
    post: str
    title: str
    line: str
    column_before: str = ""
    column: str = ""
    target_before: str = ""
    target: str = ""
    days: int | None = None
    owner_before: str = ""
    owner: str = ""
    team_before: str = ""
    team: str = ""


def differences(
    before: Sequence[Standing], after: Sequence[Standing], kinds: Mapping[str, str], names: dict[str, str]
) -> list[Difference]:
    """What differs, what is shipped first, then by kind of change, column and place.

    `kinds` says what the statuses of the posts that stood there before came to by the second moment, `names` how
    columns are called.
    """
    was = {item.post: item for item in before}
    now = {item.post: item for item in after}
    found: list[Difference] = []
    for post in dict.fromkeys([*now, *was]):
        found += _of_post(was.get(post), now.get(post), kinds.get(post, ""), names)
    return sorted(found, key=lambda each: SORTS.index(each.change))


def _of_post(before: Standing | None, after: Standing | None, kind: str, names: dict[str, str]) -> Iterator[Difference]:
    known = after or before
    assert known is not None
    title = known.title or (before.title if before else "") or known.post
    what = quoted(title)
    kind = after.kind if after is not None else kind
    if before is not None and before.kind != SHIPPED and kind == SHIPPED:
        yield Difference("shipped", known.post, title, f"shipped {what}", before.column, after.column if after else "")
    if before is None or after is None:
        yield _came_or_went(before, after, title, names)
        return
    if before.column != after.column:
        line = moved_line(what, before.column, after.column, names)
        yield Difference("moved", known.post, title, line, before.column, after.column)
    yield from _dates(before, after, title)
    if before.owner != after.owner:
        line = owned_line(what, before.owner, after.owner)
        yield Difference("re-owned", known.post, title, line, owner_before=before.owner, owner=after.owner)
    if before.team != after.team:
        line = teamed_line(what, before.team, after.team)
        yield Difference("re-teamed", known.post, title, line, team_before=before.team, team=after.team)


def _came_or_went(before: Standing | None, after: Standing | None, title: str, names: dict[str, str]) -> Difference:
    if after is not None:
        target = target_of(after.target, after.precision)
        line = f"added {quoted(title)} to {names.get(after.column, after.column)}"
        return Difference(
            "added", after.post, title, line, column=after.column, target=target.text if target else "",
            owner=after.owner, team=after.team,
        )  # fmt: skip
    assert before is not None
    target = target_of(before.target, before.precision)
    line = f"dropped {quoted(title)} from {names.get(before.column, before.column)}"
    return Difference(
        "dropped", before.post, title, line, column_before=before.column, target_before=target.text if target else "",
        owner_before=before.owner, team_before=before.team,
    )  # fmt: skip


def _dates(before: Standing, after: Standing, title: str) -> Iterator[Difference]:
    was, now = target_of(before.target, before.precision), target_of(after.target, after.precision)
    if was == now or (was is not None and was.same_as(now)):
        return
    days = None if was is None or now is None else days_later(was, now)
    change: Sort = "dated"
    if now is None:
        change = "undated"
    elif days:
        change = "slipped" if days > 0 else "pulled-in"
    yield Difference(
        change, after.post, title, dated_line(quoted(title), was, now),
        target_before=was.text if was else "", target=now.text if now else "", days=days,
    )  # fmt: skip
