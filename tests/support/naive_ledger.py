"""What a ledger of boards and posts means, as plainly as can be and independently of the fold: the tests' yardstick."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from events.domain.budgets.events import BoardBudgeted
from events.domain.merging.events import PostAbsorbed, PostMerged, PostReleased, PostUnmerged
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
Says = dict[tuple[str, ...], dict[str, Any]]


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
    statuses: dict[Row, Row] = field(default_factory=dict)
    made_by: dict[Row, int] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)


def meaning(ledger: Iterable[Written]) -> Meaning:
    """Fold by the book: a commit counts if its id is new and each of its versions is the next one."""
    found = Meaning()
    versions: dict[tuple[str, ...], int] = {}
    ids: set[About] = set()
    says: Says = {}
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
    if isinstance(event, BoardCreated | BoardRenamed | BoardBudgeted):
        return "board", event.board
    return "post", event.post


def _tell(found: Meaning, says: Says, commit: Written, decision: Decision) -> bool:
    event, about = decision.event, (commit.workspace, *_about(decision.event))
    created = isinstance(event, BoardCreated | PostSubmitted)
    if not created and about not in says:
        return False
    before = {} if created else says[about]
    now = says[about] = {**before, **_said(event, before)}
    key = (about[0], about[2])
    created_at = parse_time(now["created"])
    if about[1] == "board":
        says_now = (now["name"], now["budget"], now["period"])
        found.boards[key] = (*key, *says_now, created_at, commit.recorded, decision.version, commit.offset)
        return True
    row = (
        *key, *(now[name] for name in _TEXTS), tuple(now["tags"]), tuple(f"{f}={v}" for f, v in sorted(now["fields"])),
        *(now[mark] for mark in ("archived", "deleted", "pinned")),
        created_at, parse_time(event.at), commit.recorded, decision.version, commit.actor, commit.offset,
    )  # fmt: skip
    words = {name: tuple(dict.fromkeys(_WORD.findall(now[name].lower()))) for name in ("title", "body")}
    found.posts[key] = (*row, " ".join(words["title"]), tuple(dict.fromkeys(words["title"] + words["body"])))
    public = isinstance(event, PostClosed)
    reason = getattr(event, "reason", "")
    why = (reason, "") if public else (getattr(event, "note", ""), reason)
    found.history[*key, decision.version] = (*row, _CHANGES[type(event)], _what(before, event), *why)
    found.made_by[*key, decision.version] = commit.offset
    if hasattr(event, "kind"):
        found.statuses[*key, decision.version] = (
            *key, decision.version, event.status, event.kind, *why, commit.actor, parse_time(event.at),
            commit.recorded, commit.offset,
        )  # fmt: skip
    return True


def _what(before: Mapping[str, Any], event: PostEvent) -> str:  # noqa: PLR0911 - one for each kind of event
    match event:
        case PostSubmitted():
            return f"submitted on {event.board}"
        case PostEdited(title=str()):
            return "edited the title"
        case PostMoved():
            return f"moved from {before['board']} to {event.board}"
        case PostStatusChanged() | PostClosed() | PostReopened() if event.status == before["status"]:
            return f"kept as {event.status}"
        case PostStatusChanged() | PostClosed() | PostReopened():
            how = {"closed": "closed: ", "reopened": "reopened: "}.get(_CHANGES[type(event)], "")
            return f"{how}status changed from {before['status']} to {event.status}"
        case PostTagged():
            new, gone = sorted(set(event.tags) - set(before["tags"])), sorted(set(before["tags"]) - set(event.tags))
            told = [f"tagged {' and '.join(new)}" for _ in new[:1]] + [
                f"untagged {' and '.join(gone)}" for _ in gone[:1]
            ]
            return "; ".join(told) or "tags kept"
        case PostFieldsSet():
            values = sorted(event.values.items())
            return "; ".join(f"{field} cleared" if to is None else f"{field} set to {to}" for field, to in values)
        case PostMerged():
            return f"merged into {event.into}"
        case PostUnmerged():
            return f"taken back out of {event.into}"
        case PostAbsorbed():
            return f"{event.merged} was merged into it"
        case PostReleased():
            return f"{event.released} was taken back out of it"
    return {"unarchived": "taken out of the archive"}.get(_CHANGES[type(event)], _CHANGES[type(event)])


def _said(event: BoardEvent | PostEvent, before: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: PLR0911, PLR0912
    match event:
        case BoardCreated():
            return {"name": event.name, "created": event.at, "budget": 0, "period": "all"}
        case BoardRenamed():
            return {"name": event.name}
        case BoardBudgeted():
            return {"budget": event.votes or 0, "period": event.period}
        case PostSubmitted():
            return dict.fromkeys(_TEXTS, "") | {
                "board": event.board, "title": event.title, "body": event.body, "author": event.author or "",
                "status": event.status, "kind": event.kind, "created": event.at, "tags": (), "fields": (),
                "archived": False, "deleted": False, "pinned": False,
            }  # fmt: skip
        case PostEdited():
            changes = {"title": event.title, "body": event.body, "author": event.author}
            return {name: value for name, value in changes.items() if value is not None}
        case PostMoved():
            return {"board": event.board}
        case PostStatusChanged() | PostClosed() | PostReopened():
            reason = event.reason if isinstance(event, PostClosed) else ""
            return {"status": event.status, "kind": event.kind, "closed_reason": reason}
        case PostTagged():
            return {"tags": event.tags}
        case PostFieldsSet():
            values = dict(before["fields"]) | event.values
            return {"fields": tuple((name, value) for name, value in values.items() if value is not None)}
        case DuplicateNoted():
            return {"duplicate_of": event.duplicate_of}
        case PostArchived() | PostUnarchived():
            return {"archived": isinstance(event, PostArchived)}
        case PostDeleted() | PostRestored():
            return {"deleted": isinstance(event, PostDeleted)}
        case PostPinned() | PostUnpinned():
            return {"pinned": isinstance(event, PostPinned)}
        case PostMerged() | PostUnmerged():
            return {"merged_into": event.into if isinstance(event, PostMerged) else ""}
        case _:
            return {}  # what was merged into a post says nothing of it


_WORD = re.compile("[a-z0-9]+")
_TEXTS = ("board", "title", "body", "author", "status", "kind", "closed_reason", "duplicate_of", "merged_into")
_CHANGES = {
    PostSubmitted: "submitted",
    PostEdited: "edited",
    PostMoved: "moved",
    PostStatusChanged: "status-changed",
    PostClosed: "closed",
    PostReopened: "reopened",
    PostArchived: "archived",
    PostUnarchived: "unarchived",
    PostDeleted: "deleted",
    PostRestored: "restored",
    PostPinned: "pinned",
    PostUnpinned: "unpinned",
    PostTagged: "tagged",
    PostFieldsSet: "fields-set",
    DuplicateNoted: "duplicate-noted",
    PostMerged: "merged",
    PostUnmerged: "unmerged",
    PostAbsorbed: "absorbed",
    PostReleased: "released",
}
