"""Since when a person's votes stand at all: which period of a budget they were cast in.

A vote that turns from up to down keeps its place (decision 019), so it is not `since` that tells, but where the
person's timeline began to stand without a break; of merged posts, that of the group. It is what
`projections.votes.counting` goes by, told from the rows that it stated. What was merged and is so no longer was never
merged, as far as it is about now.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify
from projections.votes.changes import MERGED, VOTED, Moment


class Stated(NamedTuple):
    """A row of a person's history: `said` is what the event gave to this very post, `stands` what was there after it.

    Both have a sign; `stands` counts what waits for room as well.
    """

    post: str
    time: Millis
    offset: int
    cause: int
    said: int
    stands: int


class Merged(NamedTuple):
    """A post that was merged into another one at a time; `undone` where it was unmerged again."""

    post: str
    into: str
    time: Millis
    undone: bool


class _Vote(NamedTuple):
    moment: Moment
    post: str
    value: int


class _Run(NamedTuple):
    """What stands: the value, since when without a break, and when it was given last."""

    value: int
    begun: Millis
    given: Moment


def stated_query(database: str, workspace: str, person: str, posts: Sequence[str]) -> Query:
    """A person's history on these posts, in order; rows of `Stated`."""
    sql = """SELECT post, toUnixTimestamp64Milli(occurred_at) AS at, `offset`, cause, said, value_after + waiting
FROM <vote_timeline>
WHERE workspace = {workspace:String} AND person = {person:String} AND post IN {posts:Array(String)}
ORDER BY at, `offset`, post"""
    return Query(qualify(sql, database), {"workspace": workspace, "person": person, "posts": list(posts)})


def merges_query(database: str, workspace: str) -> Query:
    """All merges of a workspace that ever were, the earliest first; rows of `Merged`."""
    sql = """SELECT post, merged_into, at, undone FROM (
  SELECT post, revision, merged_into, toUnixTimestamp64Milli(occurred_at) AS at,
    toBool(revision != max(revision) OVER (PARTITION BY post)) AS undone
  FROM <post_history> WHERE workspace = {workspace:String} AND change IN ('merged', 'unmerged')
) WHERE merged_into != ''
ORDER BY at, post, revision"""
    return Query(qualify(sql, database), {"workspace": workspace})


def concerned(posts: Iterable[str], merges: Iterable[Merged]) -> list[str]:
    """These posts and all that was ever merged into them: whose history must be looked at."""
    children: dict[str, list[str]] = {}
    for merged in merges:
        children.setdefault(merged.into, []).append(merged.post)
    found = dict.fromkeys(posts)
    waiting = list(found)
    while waiting:
        new = [child for child in children.get(waiting.pop(), ()) if child not in found]
        found.update(dict.fromkeys(new))
        waiting += new
    return list(found)


def begun(rows: Sequence[Stated], merges: Iterable[Merged]) -> Mapping[str, Millis]:
    """By post, since when the person's vote stands there without a break; nothing of posts where none does.

    `rows` are in order, of all posts that are `concerned`.
    """
    runs: dict[str, _Run] = {}
    into: dict[str, str] = {}
    steps: list[tuple[Moment, Merged | _Vote]] = [(vote.moment, vote) for vote in _votes(rows)]
    steps += [((merged.time, _offset(merged, rows)), merged) for merged in merges if not merged.undone]
    for moment, step in sorted(steps, key=lambda step: step[0]):
        root = _root(step.into if isinstance(step, Merged) else step.post, into)
        was = runs.get(root)
        if isinstance(step, _Vote):
            goes_on = was is not None and was.value and step.value
            runs[root] = _Run(step.value, was.begun if was is not None and goes_on else moment[0], moment)
            continue
        into[step.post] = step.into
        given = runs.pop(step.post, None)
        if given is not None and given.value and (was is None or not was.value or given.given > was.given):
            runs[root] = given
    return {post: run.begun for post, run in runs.items() if run.value}


def _votes(rows: Iterable[Stated]) -> Iterable[_Vote]:
    """The votes themselves, each on the post that it names.

    A withdrawal says nothing, neither on that post nor on the one that it counted for then: there something stood.
    """
    stood: dict[str, int] = {}
    for moment, of_one in groupby(rows, key=lambda row: (row.time, row.offset)):
        together = list(of_one)
        voted = [row for row in together if row.cause == VOTED]
        if voted:
            named = min(voted, key=lambda row: (not row.said, abs(stood.get(row.post, 0))))
            yield _Vote(moment, named.post, named.said)
        stood.update((row.post, row.stands) for row in together)


def _offset(merged: Merged, rows: Iterable[Stated]) -> int:
    """Where the log has the merge among what happened in the same moment: where it changed something, else first."""
    return next((row.offset for row in rows if row.time == merged.time and row.cause == MERGED), -1)


def _root(post: str, into: Mapping[str, str]) -> str:
    while post in into:
        post = into[post]
    return post
