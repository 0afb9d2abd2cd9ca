"""What a ledger of boards and posts means, as plainly as can be and independently of the fold: the tests' yardstick."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from events.domain.vocabulary import (
    BoardCreated,
    BoardEvent,
    BoardRenamed,
    DuplicateNoted,
    PostClosed,
    PostEdited,
    PostEvent,
    PostMoved,
    PostReopened,
    PostSubmitted,
)
from events.times import parse_time
from projections.fold import Row

About = tuple[str, str]
"""Workspace and id of a board or a post."""


class Decision(NamedTuple):
    """One event of a commit: the version that it claims, and what it says."""

    version: int
    event: BoardEvent | PostEvent


class Written(NamedTuple):
    """A commit in its place on the ledger. Nothing says that it counts."""

    offset: int
    recorded: int
    workspace: str
    id: str
    actor: str
    decisions: tuple[Decision, ...]


@dataclass
class Meaning:
    """Rows by key, which record made each row of the history, and the offsets of what could not be folded."""

    boards: dict[Row, Row] = field(default_factory=dict)
    posts: dict[Row, Row] = field(default_factory=dict)
    history: dict[Row, Row] = field(default_factory=dict)
    made_by: dict[Row, int] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)


def meaning(ledger: Iterable[Written]) -> Meaning:
    """Fold by the book: a commit counts if its id is new and each of its versions is the next one."""
    found = Meaning()
    versions: dict[tuple[str, ...], int] = {}
    ids: set[About] = set()
    says: dict[tuple[str, ...], dict[str, str]] = {}
    for commit in ledger:
        claimed = dict(versions)
        if (commit.workspace, commit.id) in ids or not all(
            _is_next(claimed, (commit.workspace, *_about(decision.event)), decision.version)
            for decision in commit.decisions
        ):
            continue
        ids.add((commit.workspace, commit.id))
        versions = claimed
        for decision in commit.decisions:
            if not _tell(found, says, commit, decision):
                found.refused.add(commit.offset)
                break
    return found


def _is_next(versions: dict[tuple[str, ...], int], originator: tuple[str, ...], version: int) -> bool:
    last = versions.get(originator)
    versions[originator] = version
    return version in (0, 1) if last is None else version == last + 1


def _about(event: BoardEvent | PostEvent) -> About:
    if isinstance(event, BoardCreated | BoardRenamed):
        return "board", event.board
    return "post", event.post


def _tell(found: Meaning, says: dict[tuple[str, ...], dict[str, str]], commit: Written, decision: Decision) -> bool:
    event, about = decision.event, (commit.workspace, *_about(decision.event))
    created = isinstance(event, BoardCreated | PostSubmitted)
    if not created and about not in says:
        return False
    before = {} if created else says[about]
    now = says[about] = {**before, **_said(event)}
    key = (about[0], about[2])
    created_at = parse_time(now["created"])
    if about[1] == "board":
        found.boards[key] = (*key, now["name"], created_at, commit.recorded, decision.version, commit.offset)
        return True
    texts = (now[name] for name in ("board", "title", "body", "author", "status", "reason", "duplicate_of"))
    row = (
        *key, *texts, created_at, parse_time(event.at), commit.recorded, decision.version, commit.actor, commit.offset
    )  # fmt: skip
    found.posts[key] = row
    found.history[*key, decision.version] = (*row, _CHANGES[type(event)])
    found.made_by[*key, decision.version] = commit.offset
    return True


def _said(event: BoardEvent | PostEvent) -> Mapping[str, str]:  # noqa: PLR0911 - one for each kind of event
    match event:
        case BoardCreated():
            return {"name": event.name, "created": event.at}
        case BoardRenamed():
            return {"name": event.name}
        case PostSubmitted():
            return {
                "board": event.board, "title": event.title, "body": event.body, "author": event.author or "",
                "status": "open", "reason": "", "duplicate_of": "", "created": event.at,
            }  # fmt: skip
        case PostEdited():
            changes = {"title": event.title, "body": event.body, "author": event.author}
            return {name: value for name, value in changes.items() if value is not None}
        case PostMoved():
            return {"board": event.board}
        case PostClosed():
            return {"status": "closed", "reason": event.reason}
        case PostReopened():
            return {"status": "open", "reason": ""}
        case DuplicateNoted():
            return {"duplicate_of": event.duplicate_of}
        case _:
            return {}  # merges and budgets say nothing of a post or a board


_CHANGES = {
    PostSubmitted: "submitted",
    PostEdited: "edited",
    PostMoved: "moved",
    PostClosed: "closed",
    PostReopened: "reopened",
    DuplicateNoted: "duplicate-noted",
}
