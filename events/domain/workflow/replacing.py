"""Giving a workspace another workflow: no post is left with a status that there is no longer."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from events.domain.application import Feedback
from events.domain.directory import Directory
from events.domain.execution import InWorkspace, Saved, now
from events.domain.gates.asking import ask
from events.domain.importing import decide_posts
from events.domain.merging.roots import find
from events.domain.posts.commands import ReplaceStatus
from events.domain.refusals import Conflict, Invalid
from events.domain.workflow.commands import SetWorkflow
from events.domain.workflow.rules import Rules
from events.domain.workflow.workflow import Workflow, check_rules
from events.position import Position

CATCH_UP_SECONDS = 5.0


class Replaced(NamedTuple):
    """The workflow, how many posts have another status for it, and up to where on the ledger that stands."""

    saved: Saved[Workflow]
    posts: int
    position: Position


def replace_workflow(
    feedback: Feedback,
    directory: Directory,
    command: SetWorkflow,
    moved: Mapping[str, str],
    *,
    actor: str | None = None,
    commit_id: str | None = None,
    expected_version: int | None = None,
) -> Replaced:
    """Set the workflow, then give the posts of a status that it has no longer the one that `moved` names for it.

    May be interrupted and repeated: what is done already is not done again. `directory` is one of `feedback`'s ledger.

    Raises:
        Conflict: if a status with posts is neither kept nor moved, or would come to something else, or if posts would
            be shipped although their gates are open.
        Refusal, OutcomeUnknown, LedgerUnavailable, ...: as `Feedback.execute` does.
    """
    rules, workspace = command.rules, command.workspace
    check_rules(rules)
    _check_moves(rules, moved)
    feedback.ledger.catch_up(CATCH_UP_SECONDS).result()
    _check_posts(directory, workspace, rules, moved)
    _check_gates(feedback, directory, workspace, rules, moved)
    saved = feedback.execute(command, actor=actor, commit_id=commit_id, expected_version=expected_version)
    feedback.ledger.catch_up(CATCH_UP_SECONDS).result()
    asked = [
        ReplaceStatus(
            workspace=workspace, post=post, gone=entry.status, status=moved[entry.status],
            reason=command.reason or f"the workflow has no status {entry.status} any more",
        )
        for post, entry in directory.posts(workspace)
        if entry.status in moved
    ]  # fmt: skip
    decided = decide_posts(feedback, workspace, asked, actor=actor)
    return Replaced(saved, decided.changed, max(saved.position, decided.position))


def _check_moves(rules: Rules, moved: Mapping[str, str]) -> None:
    for gone, status in moved.items():
        if gone in rules.by_id:
            raise Invalid(f"moved.{gone}", "this status stays: posts are moved from those that go")
        if status not in rules.by_id:
            raise Invalid(f"moved.{gone}", f"there is no status {status!r} among these")


def _check_posts(directory: Directory, workspace: str, rules: Rules, moved: Mapping[str, str]) -> None:
    """Posts of a status that goes must have another one to go to, and what a status comes to is for ever."""
    posts = Counter(entry.status for _, entry in directory.posts(workspace))
    present = directory.workflow(workspace).rules
    for status, count in posts.items():
        wanted, known = rules.by_id.get(status), present.by_id.get(status)
        if wanted is None:
            if status not in moved and known is not None:
                raise Conflict(
                    "statuses", f"{count} posts have the status {status!r}: say in `moved` which one they get"
                )
        elif known is not None and wanted.kind != known.kind:
            raise Conflict(
                "statuses", f"{count} posts are {status!r} as {known.kind}: add another status, and move them"
            )


def _check_gates(
    feedback: Feedback, directory: Directory, workspace: str, rules: Rules, moved: Mapping[str, str]
) -> None:
    """Replacing a status by one of the kind shipped is no way around the gates."""
    present, aggregates, at = directory.workflow(workspace).rules, InWorkspace(feedback, workspace), now()
    shipping = {
        gone
        for gone, status in moved.items()
        if rules.by_id[status].kind == "shipped" and gone in present.by_id and present.by_id[gone].kind != "shipped"
    }
    for post, entry in directory.posts(workspace):
        if entry.status not in shipping or entry.deleted:
            continue
        asked = ask(aggregates, find(aggregates, post), at)
        if asked is not None and asked.missing:
            raise Conflict(
                f"moved.{entry.status}", f"this would ship posts whose gates are open: {asked.lacking}. Move them first"
            )
